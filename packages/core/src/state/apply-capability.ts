import type { CapabilityEvent, HandleId, Instant, KernelEvent, Position } from '@tksm/abstractions';
import type { KernelState } from './kernel-state.ts';

/** Takes a handle into the state, or one and all below it out. */
export function applyCapabilityEvent(
  state: KernelState,
  event: CapabilityEvent,
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
 * decided before; neither is the answer to a command, which stands beside what the command did.
 */
export function userOf(event: KernelEvent): HandleId | undefined {
  if (!('by' in event) || event.type === 'command.settled') return undefined;
  if (event.type === 'job.submitted' && (event.spec.tick ?? event.spec.supervision) !== undefined)
    return undefined;
  return event.by;
}

/** Counts a use, for the handle and those above it that have a bound. */
export function countUse(state: KernelState, event: KernelEvent, time: Instant): void {
  const user = userOf(event);
  let record = user === undefined ? undefined : state.capabilities.get(user);
  for (; record !== undefined; record = state.capabilities.get(record.parent)) {
    const { count, rate } = record.caveats ?? {};
    if (count === undefined && rate === undefined) continue;
    if (count !== undefined) record.uses = (record.uses ?? 0) + 1;
    if (rate !== undefined) record.fullAt = Math.max(record.fullAt ?? 0, time) + rate.periodMs / rate.limit;
    state.touch('capability', record.id);
  }
}
