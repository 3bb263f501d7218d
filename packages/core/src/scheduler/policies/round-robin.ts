import type { ReadyJob, SchedulingPolicy } from '@tksm/abstractions';
import { OriginRing } from './origin-ring.ts';

/** One job of each origin in turn, whatever the priority and the weight. */
export class RoundRobinPolicy implements SchedulingPolicy {
  readonly name = 'round-robin';
  readonly #ring = new OriginRing(() => 1);

  get size(): number {
    return this.#ring.size;
  }

  add(job: ReadyJob): void {
    this.#ring.add(job);
  }

  remove(job: ReadyJob): boolean {
    return this.#ring.remove(job);
  }

  next(): ReadyJob | undefined {
    return this.#ring.next();
  }
}
