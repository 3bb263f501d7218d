import { isSystemKind } from '@tksm/abstractions';
import type { BreakerEvent, ErrorCode, Instant, KernelEvent, SerializedError } from '@tksm/abstractions';
import { countTrip } from './apply-ladder.ts';
import { breakersOf, LONGEST_WINDOW_MS, MAX_FAILURES, parseBreakerName } from './breaker-table.ts';
import type { BreakerState } from './breaker-table.ts';
import type { JobState } from './job-state.ts';
import type { KernelState } from './kernel-state.ts';

/**
 * Errors that say nothing about the health of a kind or a resource: the job was wrong, or was told to stop. Part of what
 * the log means: another list would fold old logs into another state.
 */
const BESIDE_THE_POINT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['Cancelled', 'Interrupted', 'LeaseLost', 'DeadlineExceeded'] as const),
  ...(['ChildFailed', 'DependencyFailed', 'ProcessRejected', 'PreconditionFailed'] as const),
  ...(['InboxClosed', 'InboxFull', 'CapabilityDenied', 'CapabilityExpiresFirst'] as const),
  ...(['InvalidInput', 'InvalidValue', 'InvalidSpec', 'PayloadTooLarge'] as const),
  ...(['SecretMissing', 'SecretInClear', 'SubjectErased', 'SubjectUnknown', 'ErasureUnderWay'] as const),
]);

/** Moves a breaker into its next phase. */
export function applyBreakerEvent(state: KernelState, event: BreakerEvent, time: Instant): void {
  const { breaker: name } = event;
  const before = state.breakers.get(name);
  if (before === undefined) makeRoom(state);
  const { trips = 0 } = before ?? {};
  state.touch('breaker', name);
  const fresh = { since: time, trips, failures: [] };
  if (event.type === 'breaker.closed') {
    state.breakers.set(name, { ...fresh, phase: 'closed', trips: 0 });
  } else if (event.type === 'breaker.half-opened') {
    state.breakers.set(name, { ...fresh, phase: 'half-open', probes: event.probes, passed: 0 });
  } else {
    const { reason, until, by } = event;
    const [family, kind] = parseBreakerName(name);
    // One that was half-open has tripped before: it is the same trouble.
    if (family === 'kind' && by === undefined && before?.phase !== 'half-open') countTrip(state, kind, time);
    state.breakers.set(name, {
      ...{ ...fresh, phase: 'open', reason, trips: by === undefined ? trips + 1 : trips },
      ...(until !== undefined && { until }),
      ...(by !== undefined && { by }),
    });
  }
}

/** Counts an attempt that an event ends, for the breakers of its job. Called while the job still holds its lease. */
export function countAttempt(state: KernelState, job: JobState, event: KernelEvent, time: Instant): void {
  switch (event.type) {
    case 'job.failed':
    case 'job.attempt-failed':
      countFailure(state, job, event.error, time);
      break;
    case 'job.succeeded':
    case 'job.returned':
    // It has come as far as its next wait without failing.
    case 'job.suspended':
      if (state.breakers.size > 0) countSuccess(state, job, time);
      break;
    default:
  }
}

function countFailure(state: KernelState, job: JobState, error: SerializedError, time: Instant): void {
  const { lease, spec } = job;
  if (lease === undefined || isSystemKind(spec.kind) || BESIDE_THE_POINT.has(error.code)) return;
  for (const name of breakersOf(spec)) {
    let breaker = state.breakers.get(name);
    if (breaker === undefined) {
      if (!makeRoom(state)) continue;
      breaker = { phase: 'closed', since: 0, trips: 0, failures: [] };
      state.breakers.set(name, breaker);
    }
    if (breaker.phase === 'open' || lease.startedAt < breaker.since) continue;
    const { failures } = breaker;
    failures.push({ at: time, succeeded: 0 });
    while (failures.length > MAX_FAILURES || isOld(failures[0]?.at ?? time, time)) failures.shift();
    state.touch('breaker', name);
  }
}

/** False: as many breakers as may be are known, and none of them is closed. */
function makeRoom(state: KernelState): boolean {
  if (!state.breakers.isFull) return true;
  const evicted = state.breakers.evict();
  if (evicted !== undefined) state.touch('breaker', evicted);
  return evicted !== undefined;
}

/** Of a breaker that is not known nothing is counted. */
function countSuccess(state: KernelState, { lease, spec }: JobState, time: Instant): void {
  if (lease === undefined) return;
  for (const [name, breaker] of state.breakers.ofJob(spec)) {
    if (breaker.phase === 'open' || lease.startedAt < breaker.since) continue;
    const last = breaker.failures.at(-1);
    if (breaker.phase === 'half-open') breaker.passed = (breaker.passed ?? 0) + 1;
    else if (isOld(last?.at ?? breaker.since, time)) state.breakers.delete(name);
    else if (last === undefined) continue;
    else last.succeeded += 1;
    state.touch('breaker', name);
  }
}

function isOld(at: Instant, now: Instant): boolean {
  return now - at > LONGEST_WINDOW_MS;
}

/** A breaker as it goes into a digest or a snapshot, and comes back: shares nothing with what goes on. */
export function copyOf(breaker: BreakerState): BreakerState {
  return { ...breaker, failures: breaker.failures.map((failure) => ({ ...failure })) };
}
