import { KernelError } from '@tksm/abstractions';
import type { Caveats, HandleId, Instant, StoredObject } from '@tksm/abstractions';

/** A refusal of the gate. It names the handle and the right that is missing, never a token. */
export function denied(handle: HandleId, why: string, data: StoredObject = {}, next?: string): KernelError {
  const details = { data: { handle, ...data }, ...(next !== undefined && { next }) };
  return new KernelError('CapabilityDenied', `handle ${handle} ${why}`, details);
}

/** Why a job may not go on: the handle that it was submitted under has ended. */
export function handleEnded(handle: HandleId): KernelError {
  return denied(handle, 'was revoked, or has expired, and its jobs with it');
}

/** Why a schedule stands still: the handle that set it has ended. */
export function scheduleEnded(handle: HandleId): KernelError {
  return denied(
    handle,
    'was revoked, or has expired: the schedule ticks again when it is set by another one',
  );
}

export function expiresFirst(handle: HandleId, expiresAt: Instant): KernelError {
  const message = `handle ${handle} expires at ${new Date(expiresAt).toISOString()}, before that is due`;
  return new KernelError('CapabilityExpiresFirst', message, { data: { handle, expiresAt } });
}

/** A bound on uses in all that leaves no room. `right`: what was asked for, where it takes one. */
export function usedUp(handle: HandleId, right: string | undefined, count: number): KernelError {
  const why = `is used up, after ${count} uses`;
  return refusedUse(handle, right, why, { caveat: 'count' }, 'use a capability with uses left');
}

/** With `data.retryAfterMs`, unless more is asked at once than it ever allows. `excess`: uses beyond what the rate allows by now. */
export function tooFast(
  handle: HandleId,
  right: string | undefined,
  { limit, periodMs }: NonNullable<Caveats['rate']>,
  more: number,
  excess: number,
): KernelError {
  const why = `allows ${limit} uses in ${periodMs} ms`;
  const data = { caveat: 'rate' };
  if (more > limit) return refusedUse(handle, right, why, data, `ask for at most ${limit} at once`);
  const retryAfterMs = Math.ceil((excess * periodMs) / limit);
  return refusedUse(handle, right, why, { ...data, retryAfterMs }, `try again in ${retryAfterMs} ms`);
}

function refusedUse(
  handle: HandleId,
  right: string | undefined,
  why: string,
  data: StoredObject,
  next: string,
): KernelError {
  return right === undefined
    ? denied(handle, why, data, next)
    : denied(handle, `does not allow ${right} now: it ${why}`, { right, ...data }, next);
}
