import { KernelError } from '@tksm/abstractions';
import type { AgentId, Instant, KernelEvent } from '@tksm/abstractions';
import { AGENT_LIMITS } from '../agents/agent-limits.ts';
import { ORIGIN, originSetting } from '../settings/origin-setting.ts';
import type { OriginSetting } from '../settings/origin-setting.ts';
import type { Settings } from '../settings/settings.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { queueOf } from '../state/open-counts.ts';
import { DrainRate } from './drain-rate.ts';
import { LIMITS } from './limits-setting.ts';
import { OriginPlaces } from './origin-places.ts';
import { Reservation } from './reservation.ts';
import type { Submission } from './reservation.ts';
import { Tally } from './tally.ts';
import type { Queue } from './tally.ts';

/** When to ask again while the log is behind. */
const BEHIND_MS = 250;

/** @throws KernelError `QueueFull` while too much is decided that is not durable yet */
export function checkLog({ isBehind }: { readonly isBehind: boolean }): void {
  if (!isBehind) return;
  const data = { queue: 'log', retryAfterMs: BEHIND_MS };
  throw new KernelError('QueueFull', 'the log is slower than what is asked of it', { data });
}

/**
 * Whether there is room for jobs. A job has a place from its submission until it settles; jobs from outside and those
 * that jobs submit have bounds of their own, in all and for each origin; so has the lane of each agent. Guarantees:
 *
 * 1. No submission goes over a bound, and one of many jobs is refused as a whole.
 * 2. Nothing ever waits for a place: who finds none is told so, and when to ask again. So what runs cannot be held up by
 *    what is queued, nor the other way round.
 */
export class Admission {
  readonly #state: KernelState;
  readonly #settings: Settings;
  readonly #drain = new DrainRate();
  /** Places of submissions that are under way. */
  readonly #reserved = new Tally();
  #places: OriginPlaces | undefined;

  constructor(state: KernelState, settings: Settings) {
    this.#state = state;
    this.#settings = settings;
    this.#follow();
    settings.onChange(() => {
      this.#follow();
    });
  }

  /** Takes in an event that was just applied. */
  observe(event: KernelEvent): void {
    this.#places?.observe(event);
  }

  /** A frame became durable. */
  published(time: Instant): void {
    this.#drain.sample(time, this.#state.open.settled);
  }

  /** @throws KernelError `QueueFull` with `data.retryAfterMs` when it can fit later */
  check(jobs: readonly Submission[], now: Instant): void {
    if (this.#state.ladder.size > 0) this.#refuseQuarantined(jobs);
    const spec = jobs[0]?.spec;
    if (jobs.length === 1 && spec !== undefined) {
      // The way of most submissions: nothing is allocated.
      const queue = queueOf(spec);
      if (queue !== undefined) this.#checkOf(queue, spec.origin ?? '', 1, 1, now);
      if (spec.agent !== undefined) this.#checkLane(spec.agent, 1);
      return;
    }
    const asked = Tally.of(jobs);
    for (const { queue, origin, count } of asked.entries())
      this.#checkOf(queue, origin, count, asked.total(queue), now);
    for (const [lane, count] of asked.lanes) this.#checkLane(lane, count);
  }

  /** The lane of an agent has a bound, whoever fills it. */
  #checkLane(lane: string, asked: number): void {
    if (this.#state.agents.get(lane as AgentId) === undefined) return;
    const taken = this.#state.open.inLane(lane) + this.#reserved.inLane(lane);
    const limit = AGENT_LIMITS.openTasks;
    if (taken + asked <= limit) return;
    const message = `${taken} of at most ${limit} tasks of agent ${lane} are not settled: no room for ${asked} more`;
    throw new KernelError('QueueFull', message, {
      ...{ data: { agent: lane, limit, taken, asked } },
      next: 'submit it again when some of them have settled',
    });
  }

  #refuseQuarantined(jobs: readonly Submission[]): void {
    const { ladder } = this.#state;
    const found = jobs.find(({ spec }) => ladder.get(spec.kind)?.rung === 'quarantined');
    if (found === undefined) return;
    const { kind } = found.spec;
    const message = `kind ${kind} is quarantined: ${ladder.get(kind)?.reason ?? ''}`;
    throw new KernelError('Quarantined', message, { data: { kind } });
  }

  /** Takes places for a submission that goes on over several turns of the loop. @throws KernelError `QueueFull` */
  reserve(jobs: readonly Submission[], now: Instant): Reservation {
    this.check(jobs, now);
    return new Reservation(this.#reserved, jobs);
  }

  #checkOf(queue: Queue, origin: string, asked: number, askedInAll: number, now: Instant): void {
    const inAll = this.#state.open[queue] + this.#reserved.total(queue);
    const limit = this.#settings.get(LIMITS)[queue];
    if (inAll + askedInAll > limit) throw this.#full({ queue, limit, taken: inAll, asked: askedInAll }, now);
    if (this.#places === undefined) return;
    const quota = originSetting(this.#settings, origin)[queue];
    if (quota === undefined) return;
    const taken = this.#places.of(queue, origin) + this.#reserved.of(queue, origin);
    if (taken + asked > quota) throw this.#full({ queue, limit: quota, taken, asked, origin }, now);
  }

  /** Origins are counted while any of them has a quota. */
  #follow(): void {
    const isNeeded = [...this.#settings.all(ORIGIN).values()].some(hasQuota);
    this.#places = isNeeded ? (this.#places ?? new OriginPlaces(this.#state)) : undefined;
  }

  #full(found: Refusal, now: Instant): KernelError {
    const { queue, limit, taken, asked, origin } = found;
    const whose = origin === undefined ? '' : ` of origin ${origin === '' ? '(none)' : origin}`;
    const what = queue === 'queued' ? 'jobs' : 'child jobs';
    const message = `${taken} of at most ${limit} ${what}${whose} are not settled: no room for ${asked} more`;
    const data = { queue, limit, taken, asked, ...(origin !== undefined && { origin }) };
    if (asked > limit) {
      return new KernelError('QueueFull', message, {
        data,
        next: 'submit fewer at once, or raise the bound',
      });
    }
    const retryAfterMs = this.#drain.msUntil(taken + asked - limit, now, this.#state.open.settled);
    return new KernelError('QueueFull', message, { data: { ...data, retryAfterMs } });
  }
}

interface Refusal {
  readonly queue: Queue;
  readonly limit: number;
  readonly taken: number;
  readonly asked: number;
  readonly origin?: string;
}

function hasQuota({ queued, children }: OriginSetting): boolean {
  return queued !== undefined || children !== undefined;
}
