import type { JobId, ReadyJob, SchedulingPolicy } from '@tksm/abstractions';
import { PRIORITY } from '@tksm/abstractions';

/** Jobs of one band in order of arrival. Removal leaves a hole that `shift` steps over. */
class Band {
  #queue: (JobId | undefined)[] = [];
  #head = 0;
  readonly #places = new Map<JobId, number>();
  #shifted = 0;

  push(id: JobId): void {
    this.#places.set(id, this.#shifted + this.#queue.length);
    this.#queue.push(id);
  }

  remove(id: JobId): boolean {
    const place = this.#places.get(id);
    if (place === undefined) return false;
    this.#places.delete(id);
    this.#queue[place - this.#shifted] = undefined;
    if (this.#places.size === 0) {
      this.#head = this.#queue.length;
      this.#compact();
    }
    return true;
  }

  shift(): JobId | undefined {
    while (this.#head < this.#queue.length) {
      const id = this.#queue[this.#head++];
      if (this.#head > 1_024 && this.#head * 2 > this.#queue.length) this.#compact();
      if (id === undefined) continue;
      this.#places.delete(id);
      return id;
    }
    if (this.#head > 0) this.#compact();
    return undefined;
  }

  #compact(): void {
    this.#queue = this.#queue.slice(this.#head);
    this.#shifted += this.#head;
    this.#head = 0;
  }
}

/** Highest priority first; within one priority, first come, first served. Every call is O(1). */
export class PriorityPolicy implements SchedulingPolicy {
  readonly name = 'priority';
  readonly #bands: readonly Band[] = Array.from({ length: PRIORITY.highest + 1 }, () => new Band());
  readonly #bandOf = new Map<JobId, Band>();

  get size(): number {
    return this.#bandOf.size;
  }

  add(job: ReadyJob): void {
    const band = this.#bands[job.priority];
    if (band === undefined || this.#bandOf.has(job.id)) return;
    band.push(job.id);
    this.#bandOf.set(job.id, band);
  }

  remove(id: JobId): boolean {
    const band = this.#bandOf.get(id);
    return band !== undefined && this.#bandOf.delete(id) && band.remove(id);
  }

  next(): JobId | undefined {
    for (let priority = PRIORITY.highest; priority >= PRIORITY.lowest; priority--) {
      const id = this.#bands[priority]?.shift();
      if (id === undefined) continue;
      this.#bandOf.delete(id);
      return id;
    }
    return undefined;
  }
}
