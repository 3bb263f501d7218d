import type { TaskContext } from '@tksm/abstractions';
import type { AuditedJobs } from '../audit/audited-jobs.ts';
import { mustHold } from '../audit/violation.ts';
import type { RunWatch } from '../workload/kinds.ts';
import type { FaultCounts } from './fault-counts.ts';
import type { Verdict } from './verdict.ts';

/** Sees that a handler starts only under a lease that is durable, current and new, and repeats no recorded step. */
export class HandlerWatch implements RunWatch {
  readonly #jobs: AuditedJobs;
  readonly #verdict: Verdict;
  readonly #counts: FaultCounts;
  readonly #ran = new Set<string>();

  constructor(jobs: AuditedJobs, verdict: Verdict, counts: FaultCounts) {
    this.#counts = counts;
    this.#jobs = jobs;
    this.#verdict = verdict;
  }

  started({ job }: TaskContext): void {
    const audited = this.#jobs.get(job.id);
    const run = `${job.id} ${job.epoch}`;
    this.#verdict.check(() => {
      mustHold('completed-never-runs', audited?.settled !== 'succeeded', `${run} runs again`);
      mustHold('durable-before-run', audited?.epoch === job.epoch, `${run} runs before its lease is durable`);
      mustHold('leases-fence', !this.#ran.has(run), `${run} runs twice`);
    });
    this.#ran.add(run);
  }

  returned({ job }: TaskContext): void {
    this.#jobs.handlerReturned(job.id, job.epoch);
  }

  met(fault: string): void {
    this.#counts.add(fault);
  }

  stepping({ job }: TaskContext, step: string): void {
    const isRecorded = this.#jobs.get(job.id)?.steps.has(step) ?? false;
    this.#verdict.check(() => {
      mustHold('steps-once', !isRecorded, `${job.id} runs step ${step} again`);
    });
  }
}
