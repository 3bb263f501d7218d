import { PRIORITY } from '@tksm/abstractions';
import type { PolicyContext, ReadyJob, SchedulingPolicy } from '@tksm/abstractions';
import { OriginRing } from './origin-ring.ts';

/** What one step of priority is worth in waiting: a job of priority 0 overtakes fresh ones of priority 9 after nine minutes. */
export const AGEING_MS = 60_000;

/**
 * Bands of priority that age, and inside a band turns of the origins by their weights. The band goes first whose oldest
 * job has waited longest, each step of priority counting as {@link AGEING_MS} of waiting. So a job of priority p waits, besides
 * its turn, only for jobs that became ready less than (9 − p) minutes after it: none starves. Equal keys: the higher band.
 *
 * O(log n) of the number of origins; O(1) while there is one.
 */
export class FairPolicy implements SchedulingPolicy {
  readonly name = 'fair';
  readonly #bands: (OriginRing | undefined)[] = Array.from({ length: PRIORITY.highest + 1 }, () => undefined);
  readonly #weightOf: (origin: string) => number;
  /** A bit for each band that holds anything. */
  #filled = 0;
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

  next(): ReadyJob | undefined {
    const filled = this.#filled;
    if (filled === 0) return undefined;
    const isOne = (filled & (filled - 1)) === 0;
    const priority = isOne ? 31 - Math.clz32(filled) : this.#eldest(filled);
    const band = this.#bands[priority];
    const job = band?.next();
    if (band !== undefined && job !== undefined) this.#gave(priority, band);
    return job;
  }

  #gave(priority: number, band: OriginRing): void {
    this.#size -= 1;
    if (band.size === 0) this.#filled &= ~(1 << priority);
  }

  #eldest(filled: number): number {
    let found = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let left = filled; left !== 0;) {
      const priority = 31 - Math.clz32(left);
      left &= ~(1 << priority);
      const since = this.#bands[priority]?.oldest?.since ?? Number.POSITIVE_INFINITY;
      const key = since - priority * AGEING_MS;
      if (key >= least) continue;
      least = key;
      found = priority;
    }
    return found;
  }
}
