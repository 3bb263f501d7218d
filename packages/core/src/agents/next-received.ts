import { fromStored, storedBytes } from '@tksm/abstractions';
import type { AgentLag, MessageRecord, Position, Value } from '@tksm/abstractions';
import type { AgentState } from '../state/agent-state.ts';
import { AGENT_LIMITS } from './agent-limits.ts';

/** What an agent receives next. */
export interface Received {
  readonly messages: readonly Value[];
  /** The last of them, or of what was missed; undefined when there is neither. */
  readonly upTo: Position | undefined;
  /** How many more there are. */
  readonly left: number;
  /** With the last message before it: what had no place in the inbox. */
  readonly missed: AgentLag | undefined;
}

/** The oldest observations of an inbox: as many as are wanted, and as fit into an answer; one always does. */
export function nextReceived({ inbox, lag }: AgentState, max: number): Received {
  const messages: Value[] = [];
  let bytes = 0;
  let upTo: Position | undefined;
  for (const message of inbox.messages()) {
    if (messages.length === max) break;
    bytes += storedBytes({ ...message }, AGENT_LIMITS.receivedBytes);
    if (messages.length > 0 && bytes > AGENT_LIMITS.receivedBytes) break;
    messages.push(shown(message));
    upTo = message.position;
  }
  const left = inbox.positions.length - messages.length;
  const missed = left === 0 ? lag : undefined;
  return { messages, upTo: upTo ?? missed?.to, left, missed };
}

function shown({ body, ...facts }: MessageRecord): Value {
  return { ...facts, data: fromStored(body) };
}
