import { KernelError } from '@tksm/abstractions';
import type { Instant } from '@tksm/abstractions';
import { Cron } from 'croner';
import { KnownInstants } from './known-instants.ts';

/** Patterns that are kept parsed; many schedules share few. */
const MAX_KEPT = 1_000;
/** Instants that are kept of each: a week of minutes. */
const MAX_KNOWN = 10_080;
/** Instants that are kept in all, roughly. */
const MAX_KNOWN_IN_ALL = 1_000_000;

/**
 * The instants of a cron pattern in a zone, as croner tells them (ADR 0033). Reads no clock: each answer depends on pattern,
 * zone, the instant that is asked for, and the zone rules of the process.
 */
export class CronTimes {
  static readonly #kept = new Map<string, CronTimes>();
  readonly #cron: Cron;
  readonly #known = new KnownInstants();

  private constructor(cron: Cron) {
    this.#cron = cron;
  }

  /** @throws KernelError `InvalidSchedule` for a pattern or a zone that is none */
  static of(pattern: string, zone: string): CronTimes {
    const key = `${zone} ${pattern}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const times = new CronTimes(parse(pattern, zone));
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= MAX_KEPT) this.#kept.delete(oldest);
    this.#kept.set(key, times);
    return times;
  }

  /** The first instant after another; undefined when there is none. */
  next(after: Instant): Instant | undefined {
    const known = this.#known.next(after);
    if (known !== undefined) return known;
    const next = this.#cron.nextRun(new Date(after))?.getTime();
    const most = Math.min(MAX_KNOWN, MAX_KNOWN_IN_ALL / CronTimes.#kept.size);
    if (next !== undefined) this.#known.learn(after, next, most);
    return next;
  }

  /** The last `count` instants that are not after another, in order. */
  latest(until: Instant, count: number): Instant[] {
    // Croner leaves the reference itself out.
    return this.#cron
      .previousRuns(count, new Date(until + 1))
      .map((date) => date.getTime())
      .reverse();
  }
}

function parse(pattern: string, zone: string): Cron {
  checkZone(zone);
  try {
    const cron = new Cron(pattern, { timezone: zone });
    // Croner takes a date, too, and would run once.
    if (cron.getOnce() === null) return cron;
    throw new TypeError('it is a date, which belongs into `at`');
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw invalid('cron', `${JSON.stringify(pattern)} is not a cron pattern: ${why}`);
  }
}

/** @throws KernelError `InvalidSchedule` */
function checkZone(zone: string): void {
  try {
    // A fixed offset is no zone: nothing would say that it has no summer time.
    if (/^[A-Za-z]/.test(zone)) {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      return;
    }
  } catch {
    // Told below.
  }
  throw invalid('zone', `${JSON.stringify(zone)} is not a time zone`, 'name an IANA zone, as Europe/Berlin');
}

function invalid(field: string, message: string, next?: string): KernelError {
  return new KernelError('InvalidSchedule', message, {
    data: { field },
    ...(next !== undefined && { next }),
  });
}
