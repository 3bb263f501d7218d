import { KernelError } from '@tksm/abstractions';
import type { Instant, JobId, SchedulingPolicy } from '@tksm/abstractions';
import { QueuedJob } from '../queued-job.ts';

/** The pool of jobs that belong to no other. */
export const DEFAULT_POOL = 'default';

/**
 * Ready jobs that share slots, and the policy that orders them. A policy is believed only as far as it can be checked:
 * what it gives must be a job that it holds.
 */
export class Pool {
  readonly name: string;
  readonly policy: SchedulingPolicy;
  /** Jobs that the policy was given and has not given back. */
  #held = 0;

  constructor(name: string, policy: SchedulingPolicy) {
    this.name = name;
    this.policy = policy;
  }

  get held(): number {
    return this.#held;
  }

  /** @throws what the policy throws */
  add(job: QueuedJob): void {
    job.at = this;
    this.#held += 1;
    this.policy.add(job);
  }

  /** @throws KernelError `PolicyFaulty`, and what the policy throws */
  remove(job: QueuedJob): void {
    job.at = undefined;
    this.#held -= 1;
    if (!this.policy.remove(job)) throw this.#faulty(`does not know job ${job.id}, which it was given`);
  }

  /** The job to run next, which the policy holds no more. @throws KernelError `PolicyFaulty`, and what the policy throws */
  next(now: Instant): QueuedJob | undefined {
    const job = this.policy.next(now);
    if (job === undefined) {
      if (this.#held > 0) throw this.#faulty(`gave no job though it holds ${this.#held}`);
      return undefined;
    }
    if (!(job instanceof QueuedJob) || job.at !== this)
      throw this.#faulty(`gave ${nameOf(job)}, which it does not hold`);
    job.at = undefined;
    this.#held -= 1;
    return job;
  }

  #faulty(what: string): KernelError {
    const message = `policy ${this.policy.name} ${what}`;
    return new KernelError('PolicyFaulty', message, { data: { policy: this.policy.name, pool: this.name } });
  }
}

function nameOf({ id }: { readonly id?: JobId }): string {
  return typeof id === 'string' ? `job ${id}` : 'something that is no job';
}
