import { KernelError } from '@tksm/abstractions';
import type { Caveats, HandleId, Instant, StoredObject } from '@tksm/abstractions';

/** A refusal of the gate. It names the handle and the right that is missing, never a token. */
export function denied(handle: HandleId, why: string, data: StoredObject = {}): KernelError {
  return new KernelError('CapabilityDenied', `handle ${handle} ${why}`, { data: { handle, ...data } });
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

export function usedUp(handle: HandleId, count: number): KernelError {
  return denied(handle, `is used up: ${count} uses`, { caveat: 'count' });
}

/** With `data.retryAfterMs`, unless more is asked at once than it ever allows. `excess`: uses beyond what the rate allows by now. */
export function tooFast(
  handle: HandleId,
  { limit, periodMs }: NonNullable<Caveats['rate']>,
  more: number,
  excess: number,
): KernelError {
  const retryAfterMs = more > limit ? {} : { retryAfterMs: Math.ceil((excess * periodMs) / limit) };
  return denied(handle, `allows ${limit} uses in ${periodMs} ms`, { caveat: 'rate', ...retryAfterMs });
}
