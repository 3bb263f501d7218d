import type { ReadyJob, SchedulingPolicy } from '@tksm/abstractions';
import { Line } from './line.ts';

/** First come, first served, whatever the priority and the origin. */
export class FifoPolicy implements SchedulingPolicy {
  readonly name = 'fifo';
  readonly #line = new Line();

  get size(): number {
    return this.#line.size;
  }

  add(job: ReadyJob): void {
    this.#line.push(job);
  }

  remove(job: ReadyJob): boolean {
    return this.#line.remove(job);
  }

  next(): ReadyJob | undefined {
    return this.#line.shift();
  }
}
