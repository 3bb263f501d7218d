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
  /** In the order of their turns; undefined while there is the default one alone. */
  #turns: Pool[] | undefined;
  #turn = 0;

  /** @param running every job that holds a lease */
  constructor(concurrency: number, options: PoolsOptions, running: ReadonlyMap<JobId, JobState>) {
    this.concurrency = concurrency;
    this.#options = options;
    this.#running = running;
    this.#default = this.#newPool(DEFAULT_POOL);
    for (const name of options.settings.keys())
      if (name !== DEFAULT_POOL) this.#named.set(name, this.#newPool(name));
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

  freed(job: JobState): void {
    const pool = this.of(job);
    if (pool === this.#default) return;
    pool.running.delete(job.id);
    if (pool.setting === undefined && pool.held === 0 && pool.running.size === 0) {
      this.#named.delete(pool.name);
      this.#turns = undefined;
    }
  }

  /** The next pool, in turns, that has a job and a free slot. */
  next(): Pool | undefined {
    if (this.#named.size === 0) return this.#hasSlot(this.#default) ? this.#default : undefined;
    const turns = (this.#turns ??= [this.#default, ...this.#named.values()]);
    for (let left = turns.length; left > 0; left--) {
      const pool = turns[(this.#turn = (this.#turn + 1) % turns.length)];
      if (pool !== undefined && this.#hasSlot(pool)) return pool;
    }
    return undefined;
  }

  #hasSlot(pool: Pool): boolean {
    const { concurrency } = this;
    if (pool.held === 0 || concurrency === 0 || this.paused?.has(pool.name) === true) return false;
    const most = pool.setting?.concurrency ?? concurrency;
    if (this.#runningIn(pool) >= most) return false;
    return pool.setting?.own === true || this.#running.size - this.#runningApart() < concurrency;
  }

  #runningIn(pool: Pool): number {
    if (pool !== this.#default) return pool.running.size;
    let rest = this.#running.size;
    for (const { running } of this.#named.values()) rest -= running.size;
    return rest;
  }

  /** Jobs in slots that are not the kernel's. */
  #runningApart(): number {
    let apart = this.#default.setting?.own === true ? this.#runningIn(this.#default) : 0;
    for (const { setting, running } of this.#named.values()) if (setting?.own === true) apart += running.size;
    return apart;
  }

  #open(name: string): Pool {
    const pool = this.#newPool(name);
    this.#named.set(name, pool);
    this.#turns = undefined;
    return pool;
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
