import { allowsRight, askRight, parseRight } from '@tksm/abstractions';
import type { CapabilityRecord, HandleId, KernelEvent, StateReader } from '@tksm/abstractions';
import { userOf } from '../state/apply-capability.ts';
import { requiredRights } from './required-rights.ts';
import type { Asked } from './required-rights.ts';

/** A handle on the way from the one that did something up to the operator's. */
export interface ExplainedHandle {
  readonly capability: CapabilityRecord;
  /** Its rights that are for what was done. */
  readonly rights: readonly string[];
}

/** Why an event was allowed. */
export interface Explanation {
  /** The handle that it names. Absent: it follows from what was allowed before, or is the kernel's own. */
  readonly handle?: HandleId;
  /** The rights that it needed, `action:resource`. */
  readonly needed: readonly string[];
  /** The handle and those above it; none when it is the operator's, which allows everything. */
  readonly chain: readonly ExplainedHandle[];
  /** Present when the event tells that it was refused: the caveat that did, that no right was for it, or that its kind is not here. */
  readonly refused?: string;
}

/** Which handle allowed an event, by which rights; `before` is the state that the event met. */
export function explainEvent(event: KernelEvent, before: StateReader): Explanation {
  if (event.type === 'capability.denied') {
    const { handle, right, caveat: refused = 'no right is for it' } = event;
    return {
      handle,
      needed: right === undefined ? [] : [right],
      chain: chainOf(handle, [], before),
      refused,
    };
  }
  if (event.type === 'command.refused') {
    const { handle, error } = event;
    return { handle, needed: [], chain: chainOf(handle, [], before), refused: error.message };
  }
  const handle = userOf(event) ?? ('by' in event ? event.by : undefined);
  if (handle === undefined) return { needed: [], chain: [] };
  const asked = requiredRights(
    event,
    (job) => before.jobs.get(job)?.spec.kind ?? '',
    (agent) => before.agents.get(agent)?.path ?? agent,
  );
  const needed = asked.map(({ action, resource }) => `${action}:${resource}`);
  return { handle, needed, chain: chainOf(handle, asked, before) };
}

/** A handle and those above it, each with its rights that are for what was done. */
function chainOf(
  handle: HandleId,
  asked: readonly Asked[],
  { capabilities }: StateReader,
): ExplainedHandle[] {
  const chain: ExplainedHandle[] = [];
  for (let at = capabilities.get(handle); at !== undefined; at = capabilities.get(at.parent)) {
    const rights = at.rights.filter((right) => asked.some((one) => isFor(right, one)));
    chain.push({ capability: at, rights });
  }
  return chain;
}

function isFor(right: string, { action, resource }: Asked): boolean {
  return allowsRight(parseRight(right), askRight(action, resource));
}
