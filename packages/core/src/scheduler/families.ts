import type { JobId } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';

interface Family {
  readonly children: Set<JobId>;
  readonly open: Set<JobId>;
  readonly failed: Set<JobId>;
}

/** Which jobs in the state are whose children, and which of them are not settled or ended badly. */
export class Families {
  readonly #families = new Map<JobId, Family>();

  /** In the order of submission. */
  childrenOf(parent: JobId): readonly JobId[] {
    return [...(this.#families.get(parent)?.children ?? [])];
  }

  hasAny(parent: JobId): boolean {
    return this.#families.has(parent);
  }

  hasOpen(parent: JobId): boolean {
    return (this.#families.get(parent)?.open.size ?? 0) > 0;
  }

  failedOf(parent: JobId): readonly JobId[] {
    return [...(this.#families.get(parent)?.failed ?? [])];
  }

  add(job: JobState): void {
    const { parent } = job.spec;
    if (parent === undefined) return;
    let family = this.#families.get(parent);
    if (family === undefined)
      this.#families.set(parent, (family = { children: new Set(), open: new Set(), failed: new Set() }));
    family.children.add(job.id);
    if (job.outcome === undefined) family.open.add(job.id);
    else if (job.outcome.status !== 'succeeded') family.failed.add(job.id);
  }

  /** A settled job left the state. */
  forget({ id, spec: { parent } }: JobState): void {
    const family = parent === undefined ? undefined : this.#families.get(parent);
    if (parent === undefined || family === undefined) return;
    family.children.delete(id);
    family.failed.delete(id);
    if (family.children.size === 0) this.#families.delete(parent);
  }

  /** A settled job runs again. */
  reopen(job: JobState): void {
    const family = job.spec.parent === undefined ? undefined : this.#families.get(job.spec.parent);
    family?.failed.delete(job.id);
    family?.open.add(job.id);
  }

  /** Notes that a job settled; gives its parent when that has no open child any more. */
  settle(job: JobState): JobId | undefined {
    const { parent } = job.spec;
    const family = parent === undefined ? undefined : this.#families.get(parent);
    if (family === undefined) return undefined;
    family.open.delete(job.id);
    if (job.outcome?.status !== 'succeeded') family.failed.add(job.id);
    return family.open.size === 0 ? parent : undefined;
  }
}
