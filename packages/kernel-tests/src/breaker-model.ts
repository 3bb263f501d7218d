import type { BreakerPhase, Instant, JobId, JobSpec, KernelEvent } from '@tksm/abstractions';

export interface ModelSetting {
  readonly failures: number;
  readonly windowMs: number;
  readonly share: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
  readonly probes: number;
}

interface Attempt {
  readonly at: Instant;
  readonly ok: boolean;
}

/**
 * What one breaker must be, from the log alone and as plainly as can be: it keeps every attempt, and shares no code with the
 * kernel. Throws when an event is not what it had to be.
 */
export class BreakerModel {
  phase: BreakerPhase = 'closed';
  since: Instant = 0;
  trips = 0;
  readonly #name: string;
  readonly #setting: ModelSetting;
  readonly #concerned = new Map<JobId, JobSpec>();
  readonly #started = new Map<JobId, Instant>();
  #attempts: Attempt[] = [];
  #until: Instant | undefined;
  #due: 'opened' | 'closed' | undefined;

  constructor(name: string, setting: ModelSetting) {
    this.#name = name;
    this.#setting = setting;
  }

  observe(event: KernelEvent, time: Instant): void {
    switch (event.type) {
      case 'job.submitted': {
        const { kind, resources = [] } = event.spec;
        const names = [`kind.${kind}`, ...resources.map((resource) => `resource.${resource}`)];
        if (names.includes(this.#name)) this.#concerned.set(event.job, event.spec);
        break;
      }
      case 'job.leased':
        this.#lease(event.job, time);
        break;
      case 'job.succeeded':
        this.#end(event.job, time, true);
        break;
      case 'job.failed':
      case 'job.attempt-failed':
        this.#end(event.job, time, event.error.code === 'ProcessRejected' ? undefined : false);
        break;
      case 'job.interrupted':
      case 'job.cancelled':
        this.#end(event.job, time, undefined);
        break;
      case 'breaker.opened':
      case 'breaker.half-opened':
      case 'breaker.closed':
        if (event.breaker === this.#name) this.#move(event, time);
        break;
      default:
    }
  }

  #lease(job: JobId, time: Instant): void {
    if (!this.#concerned.has(job)) return;
    this.#must(this.#due === undefined, `a job is leased before it is ${this.#due ?? ''}`);
    this.#must(this.phase !== 'open', 'a job is leased while it is open');
    if (this.phase === 'half-open') {
      const passed = this.#attempts.filter(({ ok }) => ok).length;
      const running = [...this.#started.values()].filter((at) => at >= this.since).length;
      this.#must(passed + running < this.#setting.probes, 'more probes than there may be');
    }
    this.#started.set(job, time);
  }

  #end(job: JobId, at: Instant, ok: boolean | undefined): void {
    const startedAt = this.#started.get(job);
    this.#started.delete(job);
    if (startedAt === undefined || ok === undefined || startedAt < this.since || this.phase === 'open')
      return;
    this.#attempts.push({ at, ok });
    if (this.phase === 'closed') this.#due = !ok && this.#trips(at) ? 'opened' : undefined;
    else if (!ok) this.#due = 'opened';
    else if (this.#due === undefined && this.#attempts.length >= this.#setting.probes) this.#due = 'closed';
  }

  #trips(now: Instant): boolean {
    const { failures, windowMs, share } = this.#setting;
    const places = this.#attempts.flatMap(({ ok }, index) => (ok ? [] : [index]));
    const first = places.at(-failures);
    if (first === undefined || places.length < failures) return false;
    const since = this.#attempts.slice(first);
    return now - (since[0]?.at ?? 0) <= windowMs && failures >= share * since.length;
  }

  #move(event: Extract<KernelEvent, { readonly type: `breaker.${string}` }>, time: Instant): void {
    const byHand = 'by' in event && event.by !== undefined;
    if (event.type === 'breaker.half-opened') {
      this.#must(this.phase === 'open' && time >= (this.#until ?? Infinity), 'half-open before its time');
      this.phase = 'half-open';
    } else if (event.type === 'breaker.closed') {
      this.#must(byHand || this.#due === 'closed', 'closed without a reason');
      this.phase = 'closed';
      this.trips = 0;
    } else {
      this.#must(byHand || this.#due === 'opened', 'opened without a reason');
      const delay = Math.min(this.#setting.delayMs * 2 ** this.trips, this.#setting.maxDelayMs);
      if (!byHand) this.#must(event.until === time + delay, `open until ${event.until ?? 0}`);
      this.phase = 'open';
      this.trips += byHand ? 0 : 1;
      this.#until = event.until;
    }
    this.since = time;
    this.#attempts = [];
    this.#due = undefined;
  }

  /** Throws when something that was due has not come. */
  settled(): void {
    this.#must(this.#due === undefined, `it was to be ${this.#due ?? ''}`);
  }

  #must(holds: boolean, what: string): void {
    if (!holds) throw new Error(`breaker ${this.#name}: ${what}`);
  }
}
