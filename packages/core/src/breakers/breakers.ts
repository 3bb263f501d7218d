import type { BreakerName, Instant, KernelEvent, SerializedError } from '@tksm/abstractions';
import type { Dispatcher } from '../scheduler/dispatcher.ts';
import type { DueQueue } from '../scheduler/due-queue.ts';
import type { Settings } from '../settings/settings.ts';
import { breakersOf } from '../state/breaker-table.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { BreakerGate } from './breaker-gate.ts';
import { breakerSetting } from './breaker-setting.ts';
import { decideBreaker } from './decide-breaker.ts';

/** Longest text of an error in a reason, in UTF-16 units. */
const MAX_ERROR_TEXT = 200;

export interface BreakersHome {
  readonly state: KernelState;
  readonly settings: Settings;
  readonly dispatcher: Dispatcher;
  readonly due: DueQueue;
}

/**
 * Decides when breakers open and close, and holds the jobs of those back that are not closed. All that counts is in the
 * state; here is an index over it, rebuilt at start:
 *
 * 1. A breaker that is not closed has a gate, and one that opens again by itself an alarm. No other has either.
 * 2. A transition is decided in the frame of what calls for it.
 */
export class Breakers {
  readonly #home: BreakersHome;
  readonly #gates = new Map<BreakerName, BreakerGate>();
  /** Breakers whose facts changed, with the error that did it. */
  readonly #changed = new Map<BreakerName, string | undefined>();

  constructor(home: BreakersHome) {
    this.#home = home;
    home.due.judge(['breaker'], ({ id, at }) => home.state.breakers.get(id as BreakerName)?.until === at);
    for (const name of home.state.breakers.names()) this.#follow(name, home.state.time);
    home.settings.onChange(() => {
      for (const name of home.state.breakers.names()) this.#changed.set(name, undefined);
    });
  }

  /** Takes in an event that was just applied. */
  observe(event: KernelEvent, now: Instant): void {
    switch (event.type) {
      case 'job.failed':
      case 'job.attempt-failed': {
        const job = this.#home.state.jobs.get(event.job);
        if (job === undefined) break;
        for (const name of breakersOf(job.spec)) this.#changed.set(name, textOf(event.error));
        break;
      }
      case 'job.succeeded':
      case 'job.returned':
      case 'job.suspended': {
        if (this.#gates.size === 0) break;
        const job = this.#home.state.jobs.get(event.job);
        if (job === undefined) break;
        for (const [name] of this.#home.state.breakers.ofJob(job.spec)) this.#changed.set(name, undefined);
        break;
      }
      case 'breaker.opened':
      case 'breaker.half-opened':
      case 'breaker.closed':
        this.#follow(event.breaker, now);
        break;
      default:
    }
  }

  /** The next transition that the facts call for. */
  next(now: Instant): KernelEvent | undefined {
    if (this.#changed.size === 0) return undefined;
    const { state, settings } = this.#home;
    for (const [name, lastError] of this.#changed) {
      this.#changed.delete(name);
      const breaker = state.breakers.get(name);
      const setting = breaker && breakerSetting(settings, name);
      const event = breaker && decideBreaker(name, breaker, { now, setting, lastError });
      if (event !== undefined) return event;
    }
    return undefined;
  }

  /** The time of an open breaker may be over. */
  ring(name: string): void {
    this.#changed.set(name as BreakerName, undefined);
  }

  /** Sees to it that a breaker has a gate and an alarm, or none. */
  #follow(name: BreakerName, now: Instant): void {
    const { state, dispatcher, due } = this.#home;
    const breaker = state.breakers.get(name);
    let gate = this.#gates.get(name);
    if (breaker === undefined || breaker.phase === 'closed') {
      this.#gates.delete(name);
      if (gate !== undefined) dispatcher.drop(gate);
      return;
    }
    if (gate === undefined) {
      this.#gates.set(name, (gate = new BreakerGate(name, state.breakers)));
      dispatcher.use(gate);
    } else gate.begin();
    if (breaker.until !== undefined) due.push({ at: breaker.until, id: name, what: 'breaker' });
    dispatcher.opened(gate, name, now);
  }
}

function textOf({ code, message }: SerializedError): string {
  const cut = message.length > MAX_ERROR_TEXT ? `${message.slice(0, MAX_ERROR_TEXT)}…` : message;
  return `${code}: ${cut}`.toWellFormed();
}
