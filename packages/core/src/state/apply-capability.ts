import type { CapabilityEvent, HandleId, Instant, KernelEvent, Position } from '@tksm/abstractions';
import type { KernelState } from './kernel-state.ts';

/** Those that change a handle. */
export type AppliedCapabilityEvent = Exclude<CapabilityEvent, { readonly type: 'capability.denied' }>;

/** Takes a handle into the state, or one and all below it out. */
export function applyCapabilityEvent(
  state: KernelState,
  event: AppliedCapabilityEvent,
  position: Position,
  time: Instant,
): void {
  const { capabilities } = state;
  if (event.type === 'capability.revoked') {
    for (const id of capabilities.remove(event.handle)) state.touch('capability', id);
    return;
  }
  const { handle: id, by: parent, rights, caveats, note } = event;
  capabilities.add({
    ...{ id, parent, rights, position, time },
    ...(caveats !== undefined && { caveats }),
    ...(note !== undefined && { note }),
  });
  state.touch('capability', id);
}

/**
 * The handle of which an event is a use: the one it names. What a schedule or a supervisor submits later is none, as it was
 * decided before; neither is the answer to a command, which stands beside what the command did, nor a revocation.
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
    default:
      return event.by;
  }
}

/**
 * Counts a use, for the handle and those above it that have a bound. A job that calls a driver is counted when it calls: what
 * is bounded is what reaches the outside.
 */
export function countUse(state: KernelState, event: KernelEvent, time: Instant): void {
  if (event.type === 'job.submitted' && event.spec.uses !== undefined) return;
  const user = userOf(event);
  const capability = user === undefined ? undefined : state.capabilities.get(user);
  if (capability === undefined) return;
  for (const bounded of capability.bounded) {
    bounded.countUse(time);
    state.touch('capability', bounded.id);
  }
}
