import type { BreakerName, BreakerRecord, Instant, KernelEvent } from '@tksm/abstractions';
import type { BreakerSetting } from './breaker-setting.ts';

/** What a breaker is decided by besides its facts. */
export interface BreakerCircumstances {
  readonly now: Instant;
  /** Undefined: it does not open by itself. */
  readonly setting: BreakerSetting | undefined;
  /** Of the last failure that is known. */
  readonly lastError: string | undefined;
}

/** The transition that a breaker's facts call for. Undefined: none. */
export function decideBreaker(
  breaker: BreakerName,
  record: BreakerRecord,
  { now, setting, lastError }: BreakerCircumstances,
): KernelEvent | undefined {
  const { phase, by, until, failures, passed = 0, probes = 1 } = record;
  if (phase === 'closed') {
    if (setting === undefined) return undefined;
    const why = reasonToOpen(record, setting, now);
    return why === undefined ? undefined : opened(breaker, record, setting, now, withError(why, lastError));
  }
  if (phase === 'half-open') {
    if (failures.length > 0 && setting !== undefined)
      return opened(breaker, record, setting, now, withError('a probe failed', lastError));
    if (passed >= probes)
      return closed(breaker, passed === 1 ? 'a probe succeeded' : `${passed} probes succeeded`);
  }
  const isOver = phase === 'open' && until !== undefined && until <= now;
  if (setting === undefined) {
    if (by === undefined) return closed(breaker, 'it has no setting any more');
    return isOver ? closed(breaker, 'its time is over') : undefined;
  }
  return isOver ? { type: 'breaker.half-opened', v: 1, breaker, probes: setting.probes } : undefined;
}

/**
 * Why a closed breaker opens: its last failures came within the window and are a large part of what was tried since the
 * first of them. So a kind that seldom fails among many successes keeps going, and one that begins to fail is stopped at once.
 */
function reasonToOpen(
  { failures }: BreakerRecord,
  { failures: least, windowMs, share }: BreakerSetting,
  now: Instant,
): string | undefined {
  const last = failures.slice(-least);
  const [first] = last;
  if (first === undefined || last.length < least || now - first.at > windowMs) return undefined;
  const attempts = last.reduce((sum, { succeeded }) => sum + 1 + succeeded, 0);
  if (last.length < share * attempts) return undefined;
  const seconds = Math.ceil((now - first.at) / 1_000);
  return `${last.length} of ${attempts} attempts failed within ${seconds} s`;
}

function opened(
  breaker: BreakerName,
  { trips }: BreakerRecord,
  { delayMs, maxDelayMs }: BreakerSetting,
  now: Instant,
  reason: string,
): KernelEvent {
  const delay = Math.min(delayMs * 2 ** trips, maxDelayMs);
  return { type: 'breaker.opened', v: 1, breaker, until: now + delay, reason };
}

function closed(breaker: BreakerName, reason: string): KernelEvent {
  return { type: 'breaker.closed', v: 1, breaker, reason };
}

function withError(reason: string, error: string | undefined): string {
  return error === undefined ? reason : `${reason}; the last: ${error}`;
}
