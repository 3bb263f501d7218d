import { isSystemKind } from '@tksm/abstractions';
import type { Instant } from '@tksm/abstractions';
import type { KnownJob, RetiredRecords } from '../retention/retired-records.ts';
import type { KernelState } from '../state/kernel-state.ts';

/** Retired jobs that are looked through for dead letters, the latest ones: more would hold everybody up. */
const MAX_LOOKED_AT = 10_000;

/** Which dead letters are meant. What is absent is any. */
export interface DeadLetterQuery {
  readonly kind?: string;
  readonly origin?: string;
  /** Only those that failed since then. */
  readonly since?: Instant;
}

/** Jobs that failed for good, latest first: those in the state, then those of the index. */
export function* deadLetters(
  { jobs }: KernelState,
  retired: RetiredRecords,
  query: DeadLetterQuery,
): Generator<KnownJob> {
  const here: KnownJob[] = [];
  for (const job of jobs.values()) if (isMeant(job, query)) here.push(job);
  yield* here.sort((one, other) => (other.settledAt ?? 0) - (one.settledAt ?? 0));
  let left = MAX_LOOKED_AT;
  for (const job of retired.latest()) {
    if (left-- <= 0) return;
    if (isMeant(job, query)) yield job;
  }
}

function isMeant(
  { outcome, spec, settledAt = 0 }: KnownJob,
  { kind, origin, since = 0 }: DeadLetterQuery,
): boolean {
  if (outcome?.status !== 'failed' || isSystemKind(spec.kind)) return false;
  if (kind !== undefined && spec.kind !== kind) return false;
  return (origin === undefined || spec.origin === origin) && settledAt >= since;
}
