import { isKernelError, KernelError } from '@tksm/abstractions';
import type { JobId, PolicyContext, PolicyFactory, SchedulingPolicy } from '@tksm/abstractions';
import type { JobState } from '../../state/job-state.ts';
import type { Pause } from '../pauses/pause-settings.ts';
import { Pool } from './pool.ts';
import { DEFAULT_POOL, poolOf } from './pool-of.ts';
import type { PoolSetting } from './pool-setting.ts';

/** Which pools there are, and how each orders its jobs. */
export interface PoolsOptions {
  readonly settings: ReadonlyMap<string, PoolSetting>;
  readonly policy: PolicyFactory;
  readonly context: PolicyContext;
}

/**
 * The pools of a kernel, each with a policy of its own. A pool is as large as its setting says, or as the kernel's slots
 * are; one that no setting names is there while it has jobs. Slots in use are the jobs that hold a lease.
 */
export class Pools {
  /** Slots of the kernel: pools that have none of their own share them. */
  concurrency: number;
  /** Pools of which nothing begins. */
  paused: ReadonlyMap<string, Pause> | undefined;
  readonly #options: PoolsOptions;
  readonly #running: ReadonlyMap<JobId, JobState>;
  readonly #default: Pool;
  /** Every pool but the default one. */
  readonly #named = new Map<string, Pool>();
  /** Those with slots that are not the kernel's. */
  readonly #own: readonly Pool[];
  /** The pool that had the last turn, in the ring of all. */
  #last: Pool;

  /** @param running every job that holds a lease */
  constructor(concurrency: number, options: PoolsOptions, running: ReadonlyMap<JobId, JobState>) {
    this.concurrency = concurrency;
    this.#options = options;
    this.#running = running;
    this.#default = this.#last = this.#newPool(DEFAULT_POOL);
    for (const name of options.settings.keys()) if (name !== DEFAULT_POOL) this.#open(name);
    this.#own = [this.#default, ...this.#named.values()].filter(({ setting }) => setting?.own === true);
    for (const job of running.values()) this.leased(job);
  }

  of({ spec }: JobState): Pool {
    const name = poolOf(spec, this.#options.settings);
    return name === DEFAULT_POOL ? this.#default : (this.#named.get(name) ?? this.#open(name));
  }

  leased(job: JobState): void {
    const pool = this.of(job);
    if (pool !== this.#default) pool.running.add(job.id);
  }

  /** A job gave its slot back, or waits for one no more. */
  left({ id, spec }: JobState): void {
    const pool = this.#named.get(poolOf(spec, this.#options.settings));
    if (pool === undefined) return;
    pool.running.delete(id);
    if (pool.setting === undefined && pool.held === 0 && pool.running.size === 0) this.#close(pool);
  }

  /**
   * The next pool, in turns, that has a job and a free slot. Pools without either are stepped over: those that no setting
   * names have a job that waits or one that runs.
   */
  next(): Pool | undefined {
    if (this.concurrency === 0) return undefined;
    if (this.#running.size - this.#runningApart() >= this.concurrency) return this.#own.find(this.#hasSlot);
    let pool = this.#last;
    do {
      pool = pool.next;
      if (this.#hasSlot(pool)) return (this.#last = pool);
    } while (pool !== this.#last);
    return undefined;
  }

  /** Whether a job of it may begin, as far as the kernel's slots allow it. */
  readonly #hasSlot = (pool: Pool): boolean => {
    if (pool.held === 0 || this.paused?.has(pool.name) === true) return false;
    return pool.setting === undefined || this.#runningIn(pool) < pool.setting.concurrency;
  };

  #runningIn(pool: Pool): number {
    if (pool !== this.#default) return pool.running.size;
    let rest = this.#running.size;
    for (const { running } of this.#named.values()) rest -= running.size;
    return rest;
  }

  /** Jobs in slots that are not the kernel's. */
  #runningApart(): number {
    let apart = 0;
    for (const pool of this.#own) apart += this.#runningIn(pool);
    return apart;
  }

  /** A new pool has its first turn when all others have had theirs. */
  #open(name: string): Pool {
    const pool = this.#newPool(name);
    const last = this.#last;
    pool.next = last;
    pool.previous = last.previous;
    last.previous.next = pool;
    last.previous = pool;
    this.#named.set(name, pool);
    return pool;
  }

  #close(pool: Pool): void {
    pool.previous.next = pool.next;
    pool.next.previous = pool.previous;
    if (this.#last === pool) this.#last = pool.previous;
    this.#named.delete(pool.name);
  }

  #newPool(name: string): Pool {
    const { policy, context, settings } = this.#options;
    return new Pool(name, made(policy, context), settings.get(name));
  }
}

/** @throws KernelError `PolicyFaulty` */
function made({ name, create }: PolicyFactory, context: PolicyContext): SchedulingPolicy {
  try {
    return create(context);
  } catch (cause) {
    if (isKernelError(cause, 'PolicyFaulty')) throw cause;
    throw new KernelError('PolicyFaulty', `policy ${name} could not be made`, {
      data: { policy: name },
      cause,
    });
  }
}
