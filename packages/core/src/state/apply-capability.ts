import type {
  AgentEnd,
  CapabilityDerived,
  CapabilityEvent,
  HandleId,
  Instant,
  KernelEvent,
  Position,
} from '@tksm/abstractions';
import { tokenHandleId } from '../authority/token-handle.ts';
import { endAgentsOf } from './apply-agent.ts';
import type { KernelState } from './kernel-state.ts';
import { FOR_GOOD } from './revoked-tokens.ts';

interface Place {
  readonly by: HandleId;
  readonly position: Position;
  readonly time: Instant;
}

/** Those that change a handle. */
export type AppliedCapabilityEvent = Exclude<CapabilityEvent, { readonly type: 'capability.denied' }>;

/** Takes a handle into the state, or one and all below it out. */
export function applyCapabilityEvent(
  state: KernelState,
  event: AppliedCapabilityEvent,
  position: Position,
  time: Instant,
): void {
  switch (event.type) {
    case 'capability.derived':
      derive(state, event, position, time);
      break;
    case 'capability.expired':
      end(state, event.handle, { position, at: time, reason: 'its handle has expired' });
      break;
    case 'capability.revoked': {
      const { by, handle, reason } = event;
      const ended = state.capabilities.get(handle);
      end(state, handle, { position, at: time, reason });
      // Else its token would make it anew, with nothing counted.
      if (ended?.token !== undefined)
        refuse(state, ended.token, ended.expiresAt ?? FOR_GOOD, { by, position, time });
      break;
    }
    case 'token.revoked': {
      const { by, token, reason, expiresAt = FOR_GOOD } = event;
      const handle = tokenHandleId(state.zone, token);
      if (state.capabilities.get(handle)?.token === token) end(state, handle, { position, at: time, reason });
      refuse(state, token, expiresAt, { by, position, time });
    }
  }
}

function derive(
  state: KernelState,
  { handle: id, by: parent, rights, caveats, ring, note, token }: CapabilityDerived,
  position: Position,
  time: Instant,
): void {
  state.capabilities.add({
    ...{ id, parent, rights, position, time },
    ...(caveats !== undefined && { caveats }),
    ...(ring !== undefined && { ring }),
    ...(note !== undefined && { note }),
    ...(token !== undefined && { token }),
  });
  state.touch('capability', id);
}

/** A handle goes, with all below it and the agents that hold them. */
function end(state: KernelState, handle: HandleId, why: AgentEnd): void {
  const ended = state.capabilities.remove(handle);
  for (const id of ended) state.touch('capability', id);
  endAgentsOf(state, ended, why);
}

/** Remembers that a token was revoked; forgets those that have expired by now. */
function refuse(state: KernelState, token: string, expiresAt: Instant, place: Place): void {
  const { revokedTokens } = state;
  for (const past of revokedTokens.prune(place.time)) state.touch('revoked-token', past);
  const { by, position, time } = place;
  revokedTokens.put(token, { until: Math.min(expiresAt, FOR_GOOD), by, position, time });
  state.touch('revoked-token', token);
}

/**
 * The handle of which an event is a use: the one it names. What a schedule or a supervisor submits later is none, as it was
 * decided before; neither is the answer to a command, which stands beside what the command did, nor a revocation of a handle,
 * nor that a token was accepted.
 */
export function userOf(event: KernelEvent): HandleId | undefined {
  if (!('by' in event)) return undefined;
  switch (event.type) {
    case 'command.settled':
    case 'capability.revoked':
      return undefined;
    case 'job.submitted': {
      const { tick, supervision } = event.spec;
      return (tick ?? supervision) === undefined ? event.by : undefined;
    }
    case 'capability.derived':
      return event.token === undefined ? event.by : undefined;
    default:
      return event.by;
  }
}

/**
 * Counts a use, for the handle and those above it that have a bound. A job that calls a driver is counted when it calls: what
 * is bounded is what reaches the outside.
 */
export function countUse(state: KernelState, event: KernelEvent, time: Instant): void {
  if (submitsCall(event)) return;
  const user = userOf(event);
  const capability = user === undefined ? undefined : state.capabilities.get(user);
  if (capability === undefined) return;
  state.capabilities.meters.count(capability.meter, time);
  if (state.tree === undefined) return;
  for (const { id } of capability.bounded) state.touch('capability', id);
}

function submitsCall(event: KernelEvent): boolean {
  switch (event.type) {
    case 'job.submitted':
      return event.spec.uses !== undefined;
    case 'job.debounced':
    case 'job.deduplicated':
      return event.uses !== undefined;
    default:
      return false;
  }
}
