import { isBefore, isKernelError } from '@tksm/abstractions';
import type { Instant, JobId, KernelError, PolicyFactory } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';
import { AffinityGate } from './affinity/affinity-gate.ts';
import { Workforce } from './affinity/workforce.ts';
import type { Gate } from './gates/gate.ts';
import { Gates } from './gates/gates.ts';
import { LaneGate } from './lanes/lane-gate.ts';
import { KindGate } from './pauses/kind-gate.ts';
import { pauseText } from './pauses/pause-settings.ts';
import type { Pause } from './pauses/pause-settings.ts';
import { FAIR } from './policies/built-in.ts';
import { Pool } from './pools/pool.ts';
import type { PoolSetting } from './pools/pool-setting.ts';
import { Pools } from './pools/pools.ts';
import { bandOf, QueuedJob } from './queued-job.ts';
import { ReadyList } from './ready-list.ts';

/** How jobs are chosen. */
export interface DispatcherSettings {
  /** Jobs that run at the same time, those in pools with slots of their own aside. */
  readonly concurrency: number;
  readonly policy?: PolicyFactory;
  readonly pools?: ReadonlyMap<string, PoolSetting>;
  readonly pausedKinds?: ReadonlyMap<string, Pause>;
  readonly pausedPools?: ReadonlyMap<string, Pause>;
}

export interface DispatcherHome {
  /** Share of an origin among those of one priority, a whole number from 1. */
  readonly weightOf: (origin: string) => number;
  /** Whether a job waits for a dependency. Default: none does. */
  readonly isBlocked?: (job: JobState) => boolean;
  /** Hears of a policy that was replaced, because it broke its contract. */
  readonly distrusted?: (fault: KernelError) => void;
}

/**
 * Chooses the job that runs next. Guarantees:
 *
 * 1. A ready job is in one place: with the policy of its pool, or parked at a gate. Which jobs are ready is known here, so
 *    that no policy can lose or double one; a faulty one is replaced.
 * 2. Slots in use are the jobs that hold a lease: there is no count that could leak.
 * 3. A job is parked only while its gate has no room for it.
 */
export class Dispatcher {
  /** The users' jobs that hold a lease. */
  readonly running = new Map<JobId, JobState>();
  readonly #queued = new ReadyList();
  readonly #gates: Gates;
  #demoted: ReadonlySet<string> = new Set();
  readonly #lanes: LaneGate;
  readonly #kinds = new KindGate();
  readonly #affinity: AffinityGate;
  readonly workforce = new Workforce();
  readonly #home: DispatcherHome;
  #settings: DispatcherSettings;
  #fault: KernelError | undefined;
  #pools: Pools;

  constructor(settings: DispatcherSettings, home: DispatcherHome = { weightOf: () => 1 }) {
    this.#settings = settings;
    this.#home = home;
    this.#gates = new Gates((job) => {
      this.#offer(job);
    });
    this.#lanes = new LaneGate(home.isBlocked ?? (() => false));
    this.#affinity = new AffinityGate(this.workforce);
    this.workforce.onChange(() => {
      this.#gates.allOpened(this.#affinity, 0);
    });
    this.#pools = this.#newPools(FAIR);
    this.#pause();
    if (settings.policy !== undefined) this.#refill(settings.policy);
  }

  /** Ready jobs, those that a gate holds back included. */
  get ready(): number {
    return this.#queued.size;
  }

  /** Why the chosen policy was replaced by the default one, until another is chosen. */
  get fault(): KernelError | undefined {
    return this.#fault;
  }

  /** What is paused, and why, in sentences. */
  get paused(): readonly string[] {
    const { pausedKinds = [], pausedPools = [] } = this.#settings;
    return [
      ...[...pausedKinds].map(([kind, pause]) => pauseText('kind', kind, pause)),
      ...[...pausedPools].map(([pool, pause]) => pauseText('pool', pool, pause)),
    ];
  }

  /** Takes other settings. Ready jobs move over, in order, when there is another policy or pool. */
  configure(settings: DispatcherSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    this.#pause();
    this.#pools.concurrency = settings.concurrency;
    this.#pools.paused = settings.pausedPools;
    const policy = settings.policy?.name;
    if (policy === before.policy?.name && isSame(settings.pools, before.pools)) return;
    if (policy !== before.policy?.name) this.#fault = undefined;
    this.#refill(this.#fault === undefined ? (settings.policy ?? FAIR) : FAIR);
  }

  /** A job became ready. */
  add(job: JobState, now: Instant): void {
    if (this.#queued.of(job) !== undefined) return;
    this.#attach(job);
    const queued = new QueuedJob(job, this.#demoted.size > 0 && this.#demoted.has(job.spec.kind));
    this.#queued.add(queued);
    if (this.#gates.isEmpty || !this.#gates.lineUp(queued, now)) this.#offer(queued);
  }

  /** A job is not ready any more; false when it was not. */
  remove(job: JobState, now: Instant): boolean {
    const queued = this.#queued.of(job);
    if (queued === undefined) return false;
    this.#queued.delete(queued);
    this.#withdraw(queued);
    this.#pools.left(job);
    if (!this.#gates.isEmpty) this.#gates.left(job, now);
    return true;
  }

  /** Gives away the job to be leased now: it is ready no more. */
  next(now: Instant): JobState | undefined {
    for (;;) {
      const pool = this.#pools.next();
      if (pool === undefined) return undefined;
      const queued = this.#chosen(pool, now);
      if (queued === undefined) continue;
      if (this.#gates.isEmpty || !this.#gates.stop(queued, now)) {
        this.#queued.delete(queued);
        return queued.job;
      }
      this.#pools.left(queued.job);
    }
  }

  /** A job of before the start holds a lease, or the lane of its agent. */
  restore(job: JobState): void {
    this.#attach(job);
    if (job.lease === undefined) this.#lanes.leased(job);
    else this.leased(job);
  }

  /** Takes the jobs of before the start, which come in any order: where order counts, all are there before any is let through. */
  gather(add: () => void, now: Instant): void {
    this.#gates.gather(add, now);
  }

  /** A job was leased. */
  leased(job: JobState): void {
    this.running.set(job.id, job);
    this.#pools.leased(job);
    if (!this.#gates.isEmpty) this.#gates.leased(job);
  }

  /** A job is leased no more, or was settled or held without a lease. */
  freed(job: JobState, now: Instant): void {
    if (this.running.delete(job.id)) this.#pools.left(job);
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

  /** Names the kinds whose jobs go in the lowest band. Ready jobs move over: this looks at all of them. */
  demote(kinds: ReadonlySet<string>): void {
    const before = this.#demoted;
    this.#demoted = kinds;
    if (before.size + kinds.size === 0) return;
    for (const queued of this.#queued) {
      const { kind } = queued.job.spec;
      if (before.has(kind) !== kinds.has(kind)) this.#move(queued, bandOf(queued.job, kinds.has(kind)));
    }
  }

  /** Whether a gate holds jobs back under a key, or lets some through that are not leased yet. */
  holds(gate: Gate, key: string): boolean {
    return this.#gates.holds(gate, key);
  }

  /** There may be room under a key of a gate again. Whoever says so has the engine settle afterwards. */
  opened(gate: Gate, key: string, now: Instant): void {
    this.#gates.opened(gate, key, now);
  }

  /** The gate that holds a ready job back. */
  heldBack(
    job: JobState,
  ): { readonly gate: string; readonly key: string; readonly reason: string } | undefined {
    const at = this.#queued.of(job)?.at;
    if (at === undefined || at instanceof Pool) return undefined;
    return { gate: at.gate.name, key: at.key, reason: at.gate.reason(at.key) };
  }

  #move(queued: QueuedJob, band: number): void {
    const isOffered = queued.at instanceof Pool;
    if (isOffered) this.#withdraw(queued);
    queued.priority = band;
    if (isOffered) this.#offer(queued);
  }

  #withdraw(queued: QueuedJob): void {
    try {
      queued.at?.remove(queued);
    } catch (thrown) {
      this.#distrust(thrown);
    }
  }

  /** Attaches the gates of what a job uses. */
  #attach({ spec: { agent, affinity } }: JobState): void {
    if (agent !== undefined) this.use(this.#lanes);
    if (affinity?.require !== undefined) this.use(this.#affinity);
  }

  #pause(): void {
    const { pausedKinds = new Map<string, Pause>() } = this.#settings;
    for (const kind of this.#kinds.pause(pausedKinds)) this.opened(this.#kinds, kind, 0);
    if (pausedKinds.size > 0) this.use(this.#kinds);
    else this.drop(this.#kinds);
  }

  #offer(queued: QueuedJob): void {
    try {
      this.#pools.of(queued.job).add(queued);
    } catch (thrown) {
      this.#distrust(thrown);
    }
  }

  #chosen(pool: Pool, now: Instant): QueuedJob | undefined {
    try {
      return pool.take(now);
    } catch (thrown) {
      this.#distrust(thrown);
      return undefined;
    }
  }

  /** Replaces a policy that broke its contract. It takes nothing with it: what is ready is known. */
  #distrust(thrown: unknown): void {
    if (!isKernelError(thrown, 'PolicyFaulty')) throw thrown;
    this.#fault = thrown;
    this.#refill(FAIR);
    this.#home.distrusted?.(thrown);
  }

  #refill(policy: PolicyFactory): void {
    const offered = [...this.#queued].filter(({ at }) => at instanceof Pool).sort(inOrder);
    try {
      this.#pools = this.#newPools(policy);
    } catch (thrown) {
      this.#distrust(thrown);
      return;
    }
    const pools = this.#pools;
    for (const queued of offered) {
      this.#offer(queued);
      // Another policy has failed meanwhile, and all has been moved already.
      if (this.#pools !== pools) return;
    }
  }

  #newPools(policy: PolicyFactory): Pools {
    const { concurrency, pools: settings = new Map<string, PoolSetting>(), pausedPools } = this.#settings;
    const { weightOf } = this.#home;
    const pools = new Pools(concurrency, { policy, settings, context: { weightOf } }, this.running);
    pools.paused = pausedPools;
    return pools;
  }
}

function inOrder(one: QueuedJob, other: QueuedJob): number {
  return isBefore(one, other) ? -1 : 1;
}

function isSame(one?: ReadonlyMap<string, PoolSetting>, other?: ReadonlyMap<string, PoolSetting>): boolean {
  return JSON.stringify([...(one ?? [])]) === JSON.stringify([...(other ?? [])]);
}
