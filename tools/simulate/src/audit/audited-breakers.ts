// What breakers and the ladder allow, from the log alone: a job is leased only while none of its breakers is open, as a probe
// only where there is room for one, and never while its kind is quarantined. A kernel that forgot one of them would lease.

import type { BreakerEvent, JobId, JobSpec, KernelEvent } from '@tksm/abstractions';
import { mustHold } from './violation.ts';

interface AuditedBreaker {
  readonly phase: 'open' | 'half-open';
  readonly until: number;
  readonly probes: number;
  /** Jobs that were let through: those that run, and those that succeeded. */
  readonly through: Set<JobId>;
}

export class AuditedBreakers {
  readonly #breakers = new Map<string, AuditedBreaker>();
  readonly #quarantined = new Set<string>();
  readonly #specs = new Map<JobId, JobSpec>();

  observe(event: KernelEvent, position: number, time: number): void {
    const what = `${event.type} at ${position}`;
    switch (event.type) {
      case 'job.submitted':
        this.#specs.set(event.job, event.spec);
        break;
      case 'job.leased':
        this.#lease(event.job, what);
        break;
      case 'job.failed':
      case 'job.attempt-failed':
      case 'job.interrupted':
      case 'job.cancelled':
      case 'job.held':
        // What ends without a verdict gives its place back; what failed has the breaker open in the same frame.
        for (const { through } of this.#breakers.values()) through.delete(event.job);
        break;
      case 'breaker.opened':
      case 'breaker.half-opened':
      case 'breaker.closed':
        this.#move(event, time, what);
        break;
      case 'ladder.moved':
        if (event.to === 'quarantined') this.#quarantined.add(event.kind);
        else this.#quarantined.delete(event.kind);
        break;
      default:
    }
  }

  #lease(job: JobId, what: string): void {
    const { kind, resources = [] } = this.#specs.get(job) ?? { kind: '' };
    mustHold('quarantine-holds', !this.#quarantined.has(kind), `${what} for ${kind} ${job}`);
    for (const name of [`kind.${kind}`, ...resources.map((resource) => `resource.${resource}`)]) {
      const breaker = this.#breakers.get(name);
      if (breaker === undefined) continue;
      mustHold('breakers-hold', breaker.phase === 'half-open', `${what} for ${job}: ${name} is open`);
      breaker.through.add(job);
      const { size } = breaker.through;
      mustHold('probes-bounded', size <= breaker.probes, `${what} is probe ${size} of ${name}`);
    }
  }

  #move(event: BreakerEvent, time: number, what: string): void {
    const { breaker: name } = event;
    if (event.type === 'breaker.closed') {
      this.#breakers.delete(name);
    } else if (event.type === 'breaker.opened') {
      const { until = Number.POSITIVE_INFINITY } = event;
      this.#breakers.set(name, { phase: 'open', until, probes: 0, through: new Set() });
    } else {
      const before = this.#breakers.get(name);
      const isDue = before?.phase === 'open' && before.until <= time;
      mustHold('breakers-hold', isDue, `${what} for ${name}, which is ${before?.phase ?? 'closed'}`);
      this.#breakers.set(name, { phase: 'half-open', until: 0, probes: event.probes, through: new Set() });
    }
  }
}
