import type { JobState } from '../state/job-state.ts';
import type { QueuedJob } from './queued-job.ts';

/**
 * The ready jobs, each once, oldest entry first: a list that goes through them, and which each job points into. O(1); a map of
 * a million ids would cost more for each job than all its gates and policies.
 */
export class ReadyList implements Iterable<QueuedJob> {
  #first: QueuedJob | undefined;
  #last: QueuedJob | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  of(job: JobState): QueuedJob | undefined {
    return job.queued;
  }

  /** Takes in a job that is not in it. */
  add(queued: QueuedJob): void {
    const last = this.#last;
    if (last === undefined) this.#first = queued;
    else last.after = queued;
    queued.before = last;
    queued.job.queued = queued;
    this.#last = queued;
    this.#size += 1;
  }

  /** Takes out a job that is in it. */
  delete(queued: QueuedJob): void {
    const { before, after } = queued;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    queued.before = queued.after = undefined;
    queued.job.queued = undefined;
    this.#size -= 1;
  }

  *[Symbol.iterator](): Generator<QueuedJob> {
    for (let queued = this.#first; queued !== undefined; queued = queued.after) yield queued;
  }
}
