import type { JobId, KernelEvent, RecordedEvent } from '@tksm/abstractions';

/** Whether an event is about a job. */
export function isAbout({ event }: RecordedEvent, job: JobId): boolean {
  if (event.type === 'records.retired') return event.jobs.includes(job);
  return 'job' in event && event.job === job;
}

/** A test for types: `job.failed`, or `job.*` for all that begin so. */
export function typeFilter(patterns: readonly string[]): (event: KernelEvent) => boolean {
  if (patterns.length === 0) return () => true;
  return ({ type }) =>
    patterns.some((pattern) =>
      pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern,
    );
}
