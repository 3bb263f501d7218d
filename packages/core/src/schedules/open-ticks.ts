import type { JobId } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';

const NONE: ReadonlySet<JobId> = new Set();

/** The open jobs of each schedule's ticks. Derived from jobs, like the agenda that keeps it. */
export class OpenTicks {
  readonly #open = new Map<string, Set<JobId>>();

  of(schedule: string): ReadonlySet<JobId> {
    return this.#open.get(schedule) ?? NONE;
  }

  add({ id, spec: { tick } }: JobState): void {
    if (tick === undefined) return;
    const open = this.#open.get(tick.schedule);
    if (open === undefined) this.#open.set(tick.schedule, new Set([id]));
    else open.add(id);
  }

  settle({ id, spec: { tick } }: JobState): void {
    if (tick === undefined) return;
    const open = this.#open.get(tick.schedule);
    open?.delete(id);
    if (open?.size === 0) this.#open.delete(tick.schedule);
  }
}
