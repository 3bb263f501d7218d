// What holds a ready job back, as the log says it: slots, quotas, lanes, pauses, rungs and breakers. What is leased in spite of one
// of them is a violation. The counts are made anew from the jobs that hold a lease, each time.

import type { JobId, KernelEvent, LadderRung, SerializedError } from '@tksm/abstractions';
import { AuditedBreakers } from './audited-breakers.ts';
import { isSystemJob } from './audited-job.ts';
import type { AuditedJob } from './audited-job.ts';
import { AuditedSettings } from './audited-settings.ts';
import type { AuditedVars } from './audited-vars.ts';
import { mustHold } from './violation.ts';

export interface LeaseMoment {
  readonly what: string;
  readonly time: number;
}

export class LeaseRules {
  readonly #concurrency: number;
  readonly #settings: AuditedSettings;
  readonly #breakers: AuditedBreakers;
  readonly #rungs = new Map<string, LadderRung>();
  /** Jobs that hold a lease, those of the kernel's own aside. */
  readonly #running = new Map<JobId, AuditedJob>();

  constructor(concurrency: number, vars: AuditedVars) {
    this.#concurrency = concurrency;
    this.#settings = new AuditedSettings(vars);
    this.#breakers = new AuditedBreakers(this.#settings);
  }

  get running(): number {
    return this.#running.size;
  }

  leased(job: AuditedJob, moment: LeaseMoment): void {
    if (isSystemJob(job)) return;
    this.#running.set(job.id, job);
    this.#checkSlots(job, moment.what);
    this.#checkHolds(job, moment.what);
    this.#breakers.leased(job, this.#running.values(), moment);
  }

  /** An attempt ended; `end` is how, where that says something of its kind. */
  ended(job: AuditedJob, end: 'well' | SerializedError | undefined, moment: LeaseMoment): void {
    this.#running.delete(job.id);
    if (end !== undefined) this.#breakers.ended(job, end === 'well' ? undefined : end, moment);
    job.probes.clear();
  }

  observe(event: KernelEvent, moment: LeaseMoment): void {
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
    mustHold('ladder-holds', rung !== 'quarantined', `${what}, though ${kind} is quarantined`);
    const quota =
      this.#settings.fields(`tksm.origin.${origin}`)?.['inFlight'] ??
      this.#settings.fields('tksm.origin.*')?.['inFlight'];
    if (quota !== undefined) {
      const inFlight = this.#count((other) => (other.spec.origin ?? '') === origin);
      mustHold('quotas-hold', inFlight <= Number(quota), `${what}: ${inFlight} of origin ${origin} run`);
    }
    if (agent === undefined) return;
    const inLane = this.#count((other) => other.spec.agent === agent);
    mustHold('lanes-hold', inLane === 1, `${what}: ${inLane} of agent ${agent} run`);
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

/** The simulation names the pools of its jobs itself. */
function poolOf({ spec }: AuditedJob): string {
  return spec.pool ?? 'default';
}
