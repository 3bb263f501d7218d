import { endedBadly, isSystemJob } from './audited-job.ts';
import type { AuditedJob } from './audited-job.ts';
import type { AuditedJobs } from './audited-jobs.ts';
import { mustHold, Violation } from './violation.ts';

/** Checks what must hold whenever the kernel has nothing to do: what follows from a failed dependency was recorded. */
export function checkConsequences(jobs: AuditedJobs): void {
  for (const job of jobs.values()) {
    if (job.settled !== undefined || job.held || job.waived || job.returned || job.lease !== undefined)
      continue;
    if (job.spec.onDependencyFailure === 'run') continue;
    const bad = job.spec.dependsOn?.find((id) => endedBadly(jobs.get(id)));
    if (bad !== undefined)
      throw new Violation('dependents-settle', `${job.id} still waits for ${bad}, which failed`);
  }
}

/** Checks that whatever is open once all timers have rung waits for something that can come. */
export function checkNothingStuck(jobs: AuditedJobs, now: number): void {
  checkConsequences(jobs);
  for (const job of jobs.values()) {
    if (job.settled !== undefined || isSystemJob(job)) continue;
    const { deadline = Number.POSITIVE_INFINITY } = job.spec;
    mustHold('deadlines-end', deadline > now, `${job.id} is open after its deadline`);
    if (!job.held && !waits(job, jobs))
      throw new Violation('nothing-stuck', `${job.spec.kind} ${job.id} is open, and nothing will end it`);
  }
}

function waits(job: AuditedJob, jobs: AuditedJobs): boolean {
  const waitsFor = job.returned ? jobs.childrenOf(job.id) : (job.spec.dependsOn ?? []);
  return waitsFor.some((id) => jobs.get(id)?.settled === undefined);
}
