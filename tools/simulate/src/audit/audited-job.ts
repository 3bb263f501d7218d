import type { JobId, JobSpec } from '@tksm/abstractions';

/** What an auditor remembers of a job: derived from the events alone, by rules of its own. */
export interface AuditedJob {
  readonly id: JobId;
  spec: JobSpec;
  epoch: number;
  lease: number | undefined;
  settled: 'succeeded' | 'failed' | 'cancelled' | undefined;
  held: boolean;
  waived: boolean;
  returned: boolean;
  /** It left the state. */
  retired: boolean;
  /** It holds no slot until then, or until a message is there for it. */
  wait: { readonly until: number; readonly message: boolean } | undefined;
  retryAt: number;
  /** Attempts that failed since it was submitted or released. */
  failures: number;
  readonly steps: Set<string>;
}

export function newJob(id: JobId, spec: JobSpec): AuditedJob {
  const facts = { settled: undefined, held: false, waived: false, returned: false, retired: false };
  return {
    id,
    spec,
    epoch: 0,
    lease: undefined,
    wait: undefined,
    ...facts,
    retryAt: 0,
    failures: 0,
    steps: new Set(),
  };
}

/** Jobs of the kernel's own: they are not counted against the bound, and end with their incarnation. */
export function isSystemJob({ spec }: AuditedJob): boolean {
  return spec.kind.startsWith('boot.') || spec.kind.startsWith('kernel.');
}

export function endedBadly(job: AuditedJob | undefined): boolean {
  return job?.settled === 'failed' || job?.settled === 'cancelled';
}
