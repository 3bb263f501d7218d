import { isKernelError, KernelError } from '@tksm/abstractions';
import type { Instant, JobId, SchedulingPolicy } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';
import type { Gate } from './gates/gate.ts';
import { Gates } from './gates/gates.ts';
import { DEFAULT_POOL, Pool } from './pools/pool.ts';
import { PriorityPolicy } from './policies/priority.ts';
import { QueuedJob } from './queued-job.ts';

export interface DispatcherOptions {
  /** Jobs that run at the same time. */
  readonly concurrency: number;
  readonly policy: () => SchedulingPolicy;
  /** Hears of a policy that was replaced, because it broke its contract. */
  readonly distrusted?: (fault: KernelError) => void;
}

/**
 * Chooses the job that runs next. Guarantees:
 *
 * 1. A ready job is in one place: with the policy of its pool, or parked at a gate. Which jobs are ready is known here, so
 *    that no policy can lose or double one.
 * 2. Slots in use are the jobs that hold a lease: there is no count that could leak.
 * 3. A job is parked only while its gate has no room for it.
 */
export class Dispatcher {
  /** The users' jobs that hold a lease. */
  readonly running = new Map<JobId, JobState>();
  concurrency: number;
  readonly #queued = new Map<JobId, QueuedJob>();
  readonly #gates: Gates;
  readonly #distrusted: DispatcherOptions['distrusted'];
  #pool: Pool;

  constructor({ concurrency, policy, distrusted }: DispatcherOptions) {
    this.concurrency = concurrency;
    this.#distrusted = distrusted;
    this.#pool = new Pool(DEFAULT_POOL, policy());
    this.#gates = new Gates((job) => {
      this.#offer(job);
    });
  }

  /** Ready jobs, those that a gate holds back included. */
  get ready(): number {
    return this.#queued.size;
  }

  /** A job became ready. */
  add(job: JobState, now: Instant): void {
    if (this.#queued.has(job.id)) return;
    const queued = new QueuedJob(job);
    this.#queued.set(job.id, queued);
    if (this.#gates.isEmpty || !this.#gates.lineUp(queued, now)) this.#offer(queued);
  }

  /** A job is not ready any more; false when it was not. */
  remove(job: JobState, now: Instant): boolean {
    const queued = this.#queued.get(job.id);
    if (queued === undefined) return false;
    this.#queued.delete(job.id);
    const { at } = queued;
    if (at instanceof Pool) {
      this.#trying(() => {
        at.remove(queued);
      });
    } else at?.remove(queued);
    if (!this.#gates.isEmpty) this.#gates.freed(job, now);
    return true;
  }

  /** Gives away the job to be leased now: it is ready no more. */
  next(now: Instant): JobState | undefined {
    if (this.running.size >= this.concurrency) return undefined;
    for (;;) {
      const queued = this.#choose(now);
      if (queued === undefined) return undefined;
      if (!this.#gates.isEmpty && this.#gates.stop(queued, now)) continue;
      this.#queued.delete(queued.id);
      return queued.job;
    }
  }

  /** A job was leased. */
  leased(job: JobState): void {
    this.running.set(job.id, job);
    if (!this.#gates.isEmpty) this.#gates.leased(job);
  }

  /** A job is leased no more, or was settled or held without a lease. */
  freed(job: JobState, now: Instant): void {
    this.running.delete(job.id);
    if (!this.#gates.isEmpty) this.#gates.freed(job, now);
  }

  /** Attaches a gate. */
  use(gate: Gate): void {
    this.#gates.use(gate, this.running.values());
  }

  /** Detaches a gate: what it holds back is let through. */
  drop(gate: Gate): void {
    this.#gates.drop(gate);
  }

  /** There may be room under a key of a gate again. Whoever says so has the engine settle afterwards. */
  opened(gate: Gate, key: string, now: Instant): void {
    this.#gates.opened(gate, key, now);
  }

  /** The gate that holds a ready job back. */
  heldBack(job: JobId): { readonly gate: string; readonly key: string; readonly reason: string } | undefined {
    const at = this.#queued.get(job)?.at;
    if (at === undefined || at instanceof Pool) return undefined;
    return { gate: at.gate.name, key: at.key, reason: at.gate.reason(at.key) };
  }

  #offer(queued: QueuedJob): void {
    this.#trying(() => {
      this.#pool.add(queued);
    });
  }

  #choose(now: Instant): QueuedJob | undefined {
    try {
      return this.#pool.next(now);
    } catch (thrown) {
      this.#distrust(thrown);
      return this.#pool.next(now);
    }
  }

  #trying(act: () => void): void {
    try {
      act();
    } catch (thrown) {
      this.#distrust(thrown);
    }
  }

  /** Replaces a policy that broke its contract. It took nothing with it: what is ready is known. */
  #distrust(thrown: unknown): void {
    const { name, policy } = this.#pool;
    this.#pool = new Pool(name, new PriorityPolicy());
    const offered = [...this.#queued.values()].filter(({ at }) => at instanceof Pool);
    for (const queued of offered) this.#pool.add(queued);
    this.#distrusted?.(faultOf(thrown, policy.name));
  }
}

function faultOf(thrown: unknown, policy: string): KernelError {
  if (isKernelError(thrown, 'PolicyFaulty')) return thrown;
  const message = `policy ${policy} threw`;
  return new KernelError('PolicyFaulty', message, { data: { policy }, cause: thrown });
}
