import { KernelError } from '@tksm/abstractions';
import type { Instant, JobReader, JobView } from '@tksm/abstractions';
import type { Invocation } from '../program/invocation.ts';
import { isSystemJob } from '../zone/job-names.ts';
import { readMoment } from '../zone/moment.ts';
import type { RetiredJobs } from '../zone/retired-jobs.ts';

/** Retired jobs that are looked through, the latest ones: a list for people, not an export. */
const MAX_RETIRED = 100_000;

/** Which dead letters a command means. What is absent is any. */
export interface DeadLetterQuery {
  readonly kind?: string;
  readonly origin?: string;
  readonly since?: Instant;
}

/** @throws KernelError `UsageError` */
export function deadLetterQuery({ flags }: Invocation, now: Instant): DeadLetterQuery {
  const [kind, origin, since] = [flags.text('kind'), flags.text('origin'), flags.text('since')];
  return {
    ...(kind !== undefined && { kind }),
    ...(origin !== undefined && { origin }),
    ...(since !== undefined && { since: timeOf(since, now) }),
  };
}

function timeOf(text: string, now: Instant): Instant {
  const moment = readMoment(text, now, '--since');
  if ('time' in moment) return moment.time;
  throw new KernelError('UsageError', '--since is a time, not a position', { next: 'as -1h, or 2026-11-21' });
}

/** Jobs that failed for good, those that have retired included, latest first. */
export function deadLetters(jobs: JobReader, retired: RetiredJobs, query: DeadLetterQuery): JobView[] {
  const { kind, origin, since = 0 } = query;
  const found: JobView[] = [];
  const take = (job: JobView): void => {
    const { spec, settledAt = 0 } = job;
    const isMeant =
      (kind === undefined || spec.kind === kind) && (origin === undefined || spec.origin === origin);
    if (job.status === 'failed' && isMeant && settledAt >= since && !isSystemJob(job)) found.push(job);
  };
  for (const job of jobs.list({ status: 'failed' })) take(job);
  let left = MAX_RETIRED;
  for (const { id } of retired.latest()) {
    if (left-- <= 0) break;
    // One that was recalled is in the state, and was taken there.
    const job = jobs.get(id);
    if (job?.retired === true) take(job);
  }
  return found.sort((one, other) => (other.settledAt ?? 0) - (one.settledAt ?? 0));
}
