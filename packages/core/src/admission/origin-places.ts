import type { JobId, KernelEvent } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { queueOf } from '../state/open-counts.ts';
import type { Queue } from './tally.ts';

/** Which jobs of each origin are not settled. An index over the state, made when a quota first asks for it. */
export class OriginPlaces {
  readonly #state: KernelState;
  readonly #open = { queued: new Map<string, Set<JobId>>(), children: new Map<string, Set<JobId>>() };

  constructor(state: KernelState) {
    this.#state = state;
    for (const job of state.jobs.values()) if (job.outcome === undefined) this.#add(job);
  }

  of(queue: Queue, origin: string): number {
    return this.#open[queue].get(origin)?.size ?? 0;
  }

  /** Takes in an event that was just applied. */
  observe(event: KernelEvent): void {
    switch (event.type) {
      case 'job.submitted':
      case 'job.released':
      case 'job.succeeded':
      case 'job.failed':
      case 'job.cancelled': {
        const job = this.#state.jobs.get(event.job);
        if (job?.outcome !== undefined) this.#settle(job);
        else if (job !== undefined) this.#add(job);
        break;
      }
      default:
    }
  }

  #add({ id, spec }: JobState): void {
    const queue = queueOf(spec);
    if (queue === undefined) return;
    const { origin = '' } = spec;
    const open = this.#open[queue].get(origin);
    if (open === undefined) this.#open[queue].set(origin, new Set([id]));
    else open.add(id);
  }

  #settle({ id, spec }: JobState): void {
    const queue = queueOf(spec);
    if (queue === undefined) return;
    const { origin = '' } = spec;
    const open = this.#open[queue].get(origin);
    open?.delete(id);
    if (open?.size === 0) this.#open[queue].delete(origin);
  }
}
