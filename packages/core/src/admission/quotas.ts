import { isSystemKind } from '@tksm/abstractions';
import type { Instant, TaskKind } from '@tksm/abstractions';
import type { Dispatcher } from '../scheduler/dispatcher.ts';
import type { DueQueue } from '../scheduler/due-queue.ts';
import type { Gate } from '../scheduler/gates/gate.ts';
import { InFlightGate } from '../scheduler/gates/in-flight-gate.ts';
import type { InFlightLimit } from '../scheduler/gates/in-flight-gate.ts';
import { ORIGIN, originSetting } from '../settings/origin-setting.ts';
import type { Rate } from '../settings/rate.ts';
import type { Settings } from '../settings/settings.ts';
import type { JobState } from '../state/job-state.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { RateGate } from './rate-gate.ts';
import { KIND_RATE } from './rate-setting.ts';

export interface QuotasHome {
  readonly state: KernelState;
  readonly settings: Settings;
  readonly dispatcher: Dispatcher;
  readonly due: DueQueue;
  /** The tasks that are registered. */
  tasks(): readonly Pick<TaskKind, 'name' | 'rateLimit' | 'concurrency'>[];
}

/**
 * How many jobs of an origin run, and how often those of an origin or a kind begin. Guarantees:
 *
 * 1. There is a gate for each sort of quota that is set, and none for what is not: who sets none pays nothing.
 * 2. A lease takes its tokens in its own event, so a restart begins with the buckets as they were.
 * 3. A bucket for which jobs wait has one alarm, when its next token comes.
 */
export class Quotas {
  readonly #home: QuotasHome;
  #gates: readonly Gate[] = [];
  #rates: readonly RateGate[] = [];
  readonly #expected = new Map<string, Instant>();

  constructor(home: QuotasHome) {
    this.#home = home;
    home.due.judge(['token'], ({ id, at }) => this.#expected.get(id) === at);
    this.#follow();
    home.settings.onChange(() => {
      this.#follow();
    });
  }

  /** The buckets that the lease of a job takes a token from, as they are then. */
  tokensFor(job: JobState, now: Instant): Readonly<Record<string, Instant>> | undefined {
    if (this.#rates.length === 0 || isSystemKind(job.spec.kind)) return undefined;
    const taken = this.#rates.flatMap((gate) => {
      const bucket = gate.take(job, now);
      return bucket === undefined ? [] : [bucket];
    });
    return taken.length === 0 ? undefined : Object.fromEntries(taken);
  }

  /** A token may have come. */
  ring(key: string, now: Instant): void {
    this.#expected.delete(key);
    const { dispatcher } = this.#home;
    for (const gate of this.#rates) {
      dispatcher.opened(gate, key, now);
      // Set when the rate was another one: the token comes later.
      if (dispatcher.holds(gate, key) && gate.room(key, now) < 1) gate.parked(key, now);
    }
  }

  /** A gate's keys stay as they are while it is attached: other settings, other gates. */
  #follow(): void {
    const { dispatcher } = this.#home;
    for (const gate of this.#gates) dispatcher.drop(gate);
    this.#rates = [...this.#originRate(), ...this.#kindRate()];
    this.#gates = [...this.#rates, ...this.#originInFlight(), ...this.#kindInFlight()];
    for (const gate of this.#gates) dispatcher.use(gate);
  }

  #originInFlight(): Gate[] {
    const { settings } = this.#home;
    const isSet = [...settings.all(ORIGIN).values()].some(({ inFlight }) => inFlight !== undefined);
    const limit: InFlightLimit = {
      name: 'origin in flight',
      keyOf: ({ spec: { origin = '' } }) => origin,
      limitOf: (origin) => originSetting(settings, origin).inFlight,
      reason: (origin, most) => `origin ${origin} runs at most ${most} jobs at the same time`,
    };
    return isSet ? [new InFlightGate(limit)] : [];
  }

  #kindInFlight(): Gate[] {
    const limits = new Map<string, number>();
    for (const { name, concurrency = Number.POSITIVE_INFINITY } of this.#home.tasks()) {
      const most = Math.min(concurrency, limits.get(name) ?? Number.POSITIVE_INFINITY);
      if (Number.isFinite(most)) limits.set(name, most);
    }
    const limit: InFlightLimit = {
      name: 'kind in flight',
      keyOf: ({ spec }) => spec.kind,
      limitOf: (kind) => limits.get(kind),
      reason: (kind, most) => `at most ${most} jobs of kind ${kind} run at the same time`,
    };
    return limits.size > 0 ? [new InFlightGate(limit)] : [];
  }

  #originRate(): RateGate[] {
    const { settings } = this.#home;
    const isSet = [...settings.all(ORIGIN).values()].some(({ rate }) => rate !== undefined);
    const nameOf = ({ spec: { origin = '' } }: JobState): string => origin;
    const rateOf = (origin: string): Rate | undefined => originSetting(settings, origin).rate;
    return isSet ? [this.#newGate({ family: 'origin', nameOf, rateOf })] : [];
  }

  #kindRate(): RateGate[] {
    const { settings, tasks } = this.#home;
    const rates = new Map<string, Rate>();
    for (const { name, rateLimit } of tasks())
      if (rateLimit !== undefined) rates.set(name, { burst: 1, ...rateLimit });
    for (const [name, rate] of settings.all(KIND_RATE)) if (rate !== undefined) rates.set(name, rate);
    const nameOf = ({ spec }: JobState): string => spec.kind;
    return rates.size > 0
      ? [this.#newGate({ family: 'kind', nameOf, rateOf: (kind) => rates.get(kind) })]
      : [];
  }

  #newGate(rated: ConstructorParameters<typeof RateGate>[0]): RateGate {
    const { state, dispatcher } = this.#home;
    return new RateGate(rated, {
      state,
      holds: (gate, key) => dispatcher.holds(gate, key),
      expect: (key, at) => {
        this.#expect(key, at);
      },
    });
  }

  #expect(key: string, at: Instant): void {
    if ((this.#expected.get(key) ?? Number.POSITIVE_INFINITY) <= at) return;
    this.#expected.set(key, at);
    this.#home.due.push({ at, id: key, what: 'token' });
  }
}
