import { KernelError } from '@tksm/abstractions';
import type { Instant, JobId, ReadyJob, SchedulingPolicy } from '@tksm/abstractions';
import { QueuedJob } from '../queued-job.ts';
import type { PoolSetting } from './pool-setting.ts';

/**
 * Ready jobs that share slots, and the policy that orders them. A policy is believed only as far as it can be checked:
 * it gives back what it was given, each job once, and gives one as long as it holds any.
 */
export class Pool {
  readonly name: string;
  readonly policy: SchedulingPolicy;
  readonly setting: PoolSetting | undefined;
  /** Its jobs that hold a lease; of the default pool they are the rest. */
  readonly running = new Set<JobId>();
  /** Its neighbours in the turns of pools. */
  next: Pool = this;
  previous: Pool = this;
  /** Jobs that the policy was given and has not given back. */
  #held = 0;

  constructor(name: string, policy: SchedulingPolicy, setting: PoolSetting | undefined) {
    this.name = name;
    this.policy = policy;
    this.setting = setting;
  }

  get held(): number {
    return this.#held;
  }

  /** @throws KernelError `PolicyFaulty` */
  add(job: QueuedJob): void {
    job.at = this;
    this.#held += 1;
    try {
      this.policy.add(job);
    } catch (cause) {
      throw this.#faulty(`did not take job ${job.id}`, cause);
    }
  }

  /** @throws KernelError `PolicyFaulty` */
  remove(job: QueuedJob): void {
    job.at = undefined;
    this.#held -= 1;
    let removed: boolean;
    try {
      removed = this.policy.remove(job);
    } catch (cause) {
      throw this.#faulty(`did not remove job ${job.id}`, cause);
    }
    if (!removed) throw this.#faulty(`does not know job ${job.id}, which it was given`);
  }

  /** The job to run next, which the policy holds no more. @throws KernelError `PolicyFaulty` */
  take(now: Instant): QueuedJob | undefined {
    if (this.#held === 0) return undefined;
    let job: ReadyJob | undefined;
    try {
      job = this.policy.next(now);
    } catch (cause) {
      throw this.#faulty('did not say which job is next', cause);
    }
    if (job === undefined) throw this.#faulty(`gave no job though it holds ${this.#held}`);
    if (!(job instanceof QueuedJob) || job.at !== this)
      throw this.#faulty(`gave ${nameOf(job)}, which it does not hold`);
    job.at = undefined;
    this.#held -= 1;
    return job;
  }

  #faulty(what: string, cause?: unknown): KernelError {
    const { name } = this.policy;
    const data = { policy: name, pool: this.name };
    return new KernelError('PolicyFaulty', `policy ${name} ${what}`, { data, cause });
  }
}

function nameOf(given: unknown): string {
  const id: unknown = typeof given === 'object' && given !== null && 'id' in given ? given.id : undefined;
  return typeof id === 'string' ? `job ${id}` : 'something that is no job';
}
