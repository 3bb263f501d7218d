// Whether a job could be leased as far as it itself is concerned: its time, its wait, what it depends on. What holds ready jobs
// back is for the lease rules.

import type { JobId } from '@tksm/abstractions';
import type { AuditedJob } from './audited-job.ts';
import { isOver } from './audited-waits.ts';

/** The rule that a lease would break, and how. */
export type Obstacle = readonly [rule: string, how: string];

/** Where other jobs are found. */
export interface KnownJobs {
  get(id: JobId): AuditedJob | undefined;
}

/** Why a job may not be leased; undefined when it may. */
export function obstacleOf(job: AuditedJob, time: number, jobs: KnownJobs): Obstacle | undefined {
  if (job.settled !== undefined) return ['completed-never-runs', `which has ${job.settled}`];
  if (job.lease !== undefined) return ['leases-fence', 'which has a lease'];
  if (job.held || job.returned) return ['leases-wait', 'which is held or has returned'];
  const due = Math.max(job.retryAt, job.spec.notBefore ?? 0);
  if (time < due) return ['leases-wait', `at ${time}, before ${due}`];
  if (!isOver(job, time)) return ['waits-end', `at ${time}, although it waits at ${job.wait?.step ?? ''}`];
  const { deadline = Number.POSITIVE_INFINITY } = job.spec;
  if (time >= deadline) return ['deadlines-end', `at ${time}, after its deadline ${deadline}`];
  const unmet = unmetOf(job, jobs);
  return unmet && ['leases-wait', `whose dependency ${unmet} has not`];
}

/** A timer rings late by as much as a clock is corrected without a doubt. */
export const LATEST_ALARM_MS = 6 * 60_000;

/** Since when a ready job that was in no wait could run, as far as time is concerned. */
export function readySince({ submittedAt, retryAt, spec }: AuditedJob): number {
  return Math.max(submittedAt, retryAt, spec.notBefore ?? 0);
}

/** Whether a kernel must have seen by some moment that a job is due, and the log says since when it was. */
export function wasDue(job: AuditedJob, time: number): boolean {
  const since = readySince(job);
  return !job.hasWaited && (since === job.submittedAt || since + LATEST_ALARM_MS <= time);
}

/** Position of the last event by which a job may have become ready. */
export function lastTouched(job: AuditedJob, jobs: KnownJobs): number {
  return Math.max(job.touched, ...(job.spec.dependsOn ?? []).map((id) => jobs.get(id)?.touched ?? 0));
}

function unmetOf({ spec, waived }: AuditedJob, jobs: KnownJobs): JobId | undefined {
  const runs = waived || spec.onDependencyFailure === 'run';
  return spec.dependsOn?.find((id) => {
    const end = jobs.get(id)?.settled;
    return end !== 'succeeded' && !(runs && end !== undefined);
  });
}
