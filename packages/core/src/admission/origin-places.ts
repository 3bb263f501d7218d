import { isSystemKind } from '@tksm/abstractions';
import type { JobId, KernelEvent } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';
import type { KernelState } from '../state/kernel-state.ts';

/** Which jobs of each origin are not settled. An index over the state, made when a quota first asks for it. */
export class OriginPlaces {
  readonly #state: KernelState;
  readonly #outside = new Map<string, Set<JobId>>();
  readonly #children = new Map<string, Set<JobId>>();

  constructor(state: KernelState) {
    this.#state = state;
    for (const job of state.jobs.values()) if (job.outcome === undefined) this.#open(job);
  }

  of(origin: string, isChild: boolean): number {
    return (isChild ? this.#children : this.#outside).get(origin)?.size ?? 0;
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
        else if (job !== undefined) this.#open(job);
        break;
      }
      default:
    }
  }

  #open({ id, spec }: JobState): void {
    if (isSystemKind(spec.kind)) return;
    const all = spec.parent === undefined ? this.#outside : this.#children;
    const { origin = '' } = spec;
    const open = all.get(origin);
    if (open === undefined) all.set(origin, new Set([id]));
    else open.add(id);
  }

  #settle({ id, spec: { parent, origin = '' } }: JobState): void {
    const all = parent === undefined ? this.#outside : this.#children;
    const open = all.get(origin);
    open?.delete(id);
    if (open?.size === 0) all.delete(origin);
  }
}
