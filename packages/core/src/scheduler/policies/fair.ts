import { PRIORITY } from '@tksm/abstractions';
import type { Instant, PolicyContext, ReadyJob, SchedulingPolicy } from '@tksm/abstractions';
import { OriginRing } from './origin-ring.ts';

/** What one step of priority is worth in waiting. */
export const AGEING_MS = 60_000;

/**
 * Bands of priority that age, and inside a band turns of the origins by their weights. A job of priority p is due when it has
 * waited for (9 − p) times {@link AGEING_MS}: one of the highest priority at once. Bands whose oldest job is due take turns;
 * where none is, the band goes first whose oldest job lacks least. So whatever is queued, and by whom, a job waits for that
 * time, and then for its turn: none starves, and none waits longer for having a higher priority.
 *
 * O(log n) of the number of origins; O(1) while there is one.
 */
export class FairPolicy implements SchedulingPolicy {
  readonly name = 'fair';
  readonly #bands: (OriginRing | undefined)[] = Array.from({ length: PRIORITY.highest + 1 }, () => undefined);
  readonly #weightOf: (origin: string) => number;
  /** A bit for each band that holds anything. */
  #filled = 0;
  /** The band that had the last turn. */
  #last: number = PRIORITY.lowest;
  #size = 0;

  constructor({ weightOf }: PolicyContext) {
    this.#weightOf = weightOf;
  }

  get size(): number {
    return this.#size;
  }

  add(job: ReadyJob): void {
    const band = (this.#bands[job.priority] ??= new OriginRing(this.#weightOf));
    band.add(job);
    this.#size += 1;
    this.#filled |= 1 << job.priority;
  }

  remove(job: ReadyJob): boolean {
    const band = this.#bands[job.priority];
    if (band?.remove(job) !== true) return false;
    this.#gave(job.priority, band);
    return true;
  }

  next(now: Instant): ReadyJob | undefined {
    const filled = this.#filled;
    if (filled === 0) return undefined;
    const isOne = (filled & (filled - 1)) === 0;
    const priority = isOne ? highestIn(filled) : this.#choose(filled, now);
    const band = this.#bands[priority];
    const job = band?.next();
    if (band !== undefined && job !== undefined) this.#gave(priority, band);
    return job;
  }

  #gave(priority: number, band: OriginRing): void {
    this.#size -= 1;
    if (band.size === 0) this.#filled &= ~(1 << priority);
  }

  #choose(filled: number, now: Instant): number {
    let due = 0;
    let first = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let left = filled; left !== 0;) {
      const priority = highestIn(left);
      left &= ~(1 << priority);
      const since = this.#bands[priority]?.oldest?.since ?? Number.POSITIVE_INFINITY;
      const dueAt = since + (PRIORITY.highest - priority) * AGEING_MS;
      if (dueAt <= now) due |= 1 << priority;
      if (dueAt >= least) continue;
      least = dueAt;
      first = priority;
    }
    if (due === 0) return first;
    // The next one below the last, and after the lowest the highest.
    const below = due & ((1 << this.#last) - 1);
    return (this.#last = highestIn(below === 0 ? due : below));
  }
}

/** The highest band of which a bit is set. */
function highestIn(bands: number): number {
  return 31 - Math.clz32(bands);
}
