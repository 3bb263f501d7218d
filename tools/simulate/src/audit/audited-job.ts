import type { JobId, JobSpec, JobSuspended, MessageSent } from '@tksm/abstractions';

/** What an auditor remembers of a job: derived from the events alone, by rules of its own. */
export interface AuditedJob {
  readonly id: JobId;
  spec: JobSpec;
  readonly submittedAt: number;
  readonly position: number;
  /** Position of the last event that changed something about it. */
  touched: number;
  epoch: number;
  lease: number | undefined;
  /** When it was leased last. */
  leasedAt: number;
  /** Breakers that its attempt probes. */
  readonly probes: Set<string>;
  settled: 'succeeded' | 'failed' | 'cancelled' | undefined;
  held: boolean;
  waived: boolean;
  returned: boolean;
  /** It left the state. */
  retired: boolean;
  retryAt: number;
  /** Attempts that failed since it was submitted or released. */
  failures: number;
  /** When the first attempt began since it was submitted, released or suspended. */
  triedSince: number | undefined;
  readonly steps: Set<string>;
  /** The wait that its handler is in. */
  wait: JobSuspended | undefined;
  /** It was in one: since when it has been ready is not told by the log. */
  hasWaited: boolean;
  /** The position of the message that ended it. */
  woken: number | undefined;
  /** Messages that it has not read, by position. */
  readonly unread: Map<number, MessageSent>;
}

export function newJob(
  id: JobId,
  spec: JobSpec,
  { position, time }: { readonly position: number; readonly time: number },
): AuditedJob {
  const facts = { settled: undefined, held: false, waived: false, returned: false, retired: false };
  const waits = { wait: undefined, hasWaited: false, woken: undefined, unread: new Map() };
  return {
    id,
    spec,
    ...{ submittedAt: time, position, touched: position },
    epoch: 0,
    ...{ lease: undefined, leasedAt: 0, probes: new Set() },
    ...facts,
    retryAt: 0,
    failures: 0,
    triedSince: undefined,
    steps: new Set(),
    ...waits,
  };
}

/** Jobs of the kernel's own: they are not counted against the bound, and end with their incarnation. */
export function isSystemJob({ spec }: AuditedJob): boolean {
  return spec.kind.startsWith('boot.') || spec.kind.startsWith('kernel.');
}

export function endedBadly(job: AuditedJob | undefined): boolean {
  return job?.settled === 'failed' || job?.settled === 'cancelled';
}
