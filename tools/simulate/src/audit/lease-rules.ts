// What holds a ready job back, as the log says it: slots, quotas, lanes, pauses, rungs and breakers. What is leased in spite of one
// of them is a violation. The counts are made anew from the jobs that hold a lease, each time.

import { PRIORITY } from '@tksm/abstractions';
import type { JobId, KernelEvent, LadderRung, SerializedError } from '@tksm/abstractions';
import { AuditedBreakers } from './audited-breakers.ts';
import { isSystemJob } from './audited-job.ts';
import type { AuditedJob } from './audited-job.ts';
import { AuditedLanes } from './audited-lanes.ts';
import { AuditedRates } from './audited-rates.ts';
import { AuditedSettings } from './audited-settings.ts';
import type { AuditedVars } from './audited-vars.ts';
import { FairOrder } from './fair-order.ts';
import type { ChoosableJobs } from './fair-order.ts';
import { mustHold } from './violation.ts';

export interface LeaseMoment {
  readonly what: string;
  readonly position: number;
  readonly time: number;
}

export class LeaseRules {
  readonly #concurrency: number;
  readonly #settings: AuditedSettings;
  readonly #breakers: AuditedBreakers;
  readonly #rates: AuditedRates;
  readonly #lanes = new AuditedLanes();
  readonly #order: FairOrder;
  readonly #rungs = new Map<string, LadderRung>();
  /** Jobs that hold a lease, those of the kernel's own aside. */
  readonly #running = new Map<JobId, AuditedJob>();
  /** Time of the last whole frame. */
  #framed = 0;

  constructor(concurrency: number, vars: AuditedVars) {
    this.#concurrency = concurrency;
    this.#settings = new AuditedSettings(vars);
    this.#breakers = new AuditedBreakers(this.#settings);
    this.#rates = new AuditedRates(this.#settings);
    this.#order = new FairOrder({
      settings: this.#settings,
      bandOf: (job) => this.#bandOf(job),
      poolOf,
      isFree: (job) => this.#isFree(job),
    });
  }

  get running(): number {
    return this.#running.size;
  }

  /** A job is about to be leased: it was its turn. */
  choosing(job: AuditedJob, jobs: ChoosableJobs, moment: LeaseMoment): void {
    if (isSystemJob(job)) return;
    this.#lanes.chosen(job, jobs, moment);
    this.#order.chosen(job, jobs, moment);
  }

  leased(job: AuditedJob, moment: LeaseMoment): void {
    if (isSystemJob(job)) return;
    this.#running.set(job.id, job);
    this.#checkSlots(job, moment.what);
    this.#checkHolds(job, moment.what);
    this.#rates.leased(job, moment);
    this.#breakers.leased(job, this.#running.values(), moment);
  }

  /** An attempt ended; `end` is how, where that says something of its kind. */
  ended(job: AuditedJob, end: 'well' | SerializedError | undefined, moment: LeaseMoment): void {
    this.#running.delete(job.id);
    if (end !== undefined) this.#breakers.ended(job, end === 'well' ? undefined : end, moment);
    job.probes.clear();
  }

  /** A job that may have run waits for something else than its turn, or is over. */
  gaveUp(job: AuditedJob, moment: LeaseMoment): void {
    this.#lanes.gaveUp(job, moment);
  }

  resumed(job: AuditedJob): void {
    this.#lanes.resumed(job);
  }

  observe(event: KernelEvent, moment: LeaseMoment): void {
    if (event.type === 'sequencer.claimed') this.#lanes.begin({ ...moment, time: this.#framed });
    if (makesOrderAnew(event)) this.#order.begin(this.#framed, event.type === 'sequencer.claimed');
    if (event.type === 'ladder.moved') {
      const from = this.#rungs.get(event.kind) ?? 'ground';
      mustHold('ladder-follows', from === event.from, `${moment.what} from ${event.from}, it was ${from}`);
      this.#rungs.set(event.kind, event.to);
    }
    if (
      event.type === 'breaker.opened' ||
      event.type === 'breaker.half-opened' ||
      event.type === 'breaker.closed'
    )
      this.#breakers.observe(event, moment);
  }

  framed(time: number): void {
    this.#framed = time;
    this.#breakers.framed(time);
  }

  #checkSlots(job: AuditedJob, what: string): void {
    const pool = poolOf(job);
    const all = this.#numberOf('tksm.scheduler.concurrency') ?? this.#concurrency;
    const mine = this.#settings.fields(`tksm.pool.${pool}`);
    const here = this.#count((other) => poolOf(other) === pool);
    const most = Number(mine?.['concurrency'] ?? all);
    mustHold('concurrency-bound', here <= most, `${what}: ${here} run in pool ${pool}, which has ${most}`);
    if (mine?.['own'] === true) return;
    const shared = this.#count(
      (other) => this.#settings.fields(`tksm.pool.${poolOf(other)}`)?.['own'] !== true,
    );
    mustHold('concurrency-bound', shared <= all, `${what}: ${shared} run at a time, of ${all}`);
  }

  #checkHolds(job: AuditedJob, what: string): void {
    const { kind, origin = '', agent } = job.spec;
    for (const name of [`kind.${kind}`, `pool.${poolOf(job)}`]) {
      const paused = this.#settings.of(`tksm.paused.${name}`) !== undefined;
      mustHold('pauses-hold', !paused, `${what}, though ${name} is paused`);
    }
    const rung = this.#rungs.get(kind);
    const isHeld = rung === 'isolated' || rung === 'quarantined';
    mustHold('ladder-holds', !isHeld, `${what}, though ${kind} is ${rung ?? ''}`);
    const quota = this.#settings.ofOrigin(origin, 'inFlight');
    if (quota !== undefined) {
      const inFlight = this.#count((other) => (other.spec.origin ?? '') === origin);
      mustHold('quotas-hold', inFlight <= Number(quota), `${what}: ${inFlight} of origin ${origin} run`);
    }
    if (agent === undefined) return;
    const inLane = this.#count((other) => other.spec.agent === agent);
    mustHold('lanes-hold', inLane === 1, `${what}: ${inLane} of agent ${agent} run`);
  }

  #bandOf({ spec: { kind, priority = PRIORITY.normal } }: AuditedJob): number {
    return (this.#rungs.get(kind) ?? 'ground') === 'ground' ? priority : PRIORITY.lowest;
  }

  /** Whether nothing may hold a ready job back but the slots of its pool. */
  #isFree(job: AuditedJob): boolean {
    const { kind, origin = '', agent } = job.spec;
    if (agent !== undefined || this.#settings.of(`tksm.paused.kind.${kind}`) !== undefined) return false;
    const rung = this.#rungs.get(kind);
    if (rung === 'isolated' || rung === 'quarantined' || !this.#breakers.areClosed(job)) return false;
    return this.#settings.ofOrigin(origin, 'inFlight') === undefined && !this.#rates.limits(job);
  }

  #count(isMeant: (job: AuditedJob) => boolean): number {
    let count = 0;
    for (const job of this.#running.values()) if (isMeant(job)) count += 1;
    return count;
  }

  #numberOf(name: string): number | undefined {
    const value = this.#settings.of(name);
    return typeof value === 'number' ? value : undefined;
  }
}

/** The order of choice is not kept over these: it is made of what is ready then. */
function makesOrderAnew(event: KernelEvent): boolean {
  if (event.type === 'sequencer.claimed' || event.type === 'ladder.moved') return true;
  if (event.type.startsWith('breaker.')) return true;
  if (event.type !== 'world.rewritten') return false;
  const { puts = [], deletes = [] } = event.rewrite;
  return [...puts.map(([key]) => key), ...deletes].some((key) => /^var\/[^/]+\/tksm\./.test(key));
}

/** The simulation names the pools of its jobs itself. */
function poolOf({ spec }: AuditedJob): string {
  return spec.pool ?? 'default';
}
