import type { ReadyJob, SchedulingPolicy } from '@tksm/abstractions';
import { PRIORITY } from '@tksm/abstractions';
import { Line } from './line.ts';

/**
 * Highest priority first; within one priority, first come, first served. There is no ageing: what is low waits for as
 * long as there is anything higher.
 */
export class PriorityPolicy implements SchedulingPolicy {
  readonly name = 'priority';
  readonly #bands: readonly Line[] = Array.from({ length: PRIORITY.highest + 1 }, () => new Line());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(job: ReadyJob): void {
    this.#bands[job.priority]?.push(job);
    this.#size += 1;
  }

  remove(job: ReadyJob): boolean {
    const removed = this.#bands[job.priority]?.remove(job) ?? false;
    if (removed) this.#size -= 1;
    return removed;
  }

  next(): ReadyJob | undefined {
    if (this.#size === 0) return undefined;
    for (let priority = PRIORITY.highest; priority >= PRIORITY.lowest; priority--) {
      const job = this.#bands[priority]?.shift();
      if (job === undefined) continue;
      this.#size -= 1;
      return job;
    }
    return undefined;
  }
}
