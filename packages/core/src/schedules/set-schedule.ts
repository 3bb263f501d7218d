import type { Command, ScheduledJob, ScheduleOptions } from '@tksm/abstractions';
import { nameOfKind } from '../submit/job-spec.ts';

/**
 * The command that makes or changes a schedule, to be performed: `kernel.perform(setSchedule({ … }), handle)`. Performing it
 * again changes nothing, so a program can declare its schedules whenever it starts. The job may name its kind or be given it.
 *
 * Performing it throws `InvalidSchedule` with `data.field`, `TooManySchedules`, `UnsupportedOperation`, and what submitting
 * the job would be refused with.
 */
export function setSchedule<Input = unknown>(
  options: ScheduleOptions & { readonly job: ScheduledJob<Input> },
): Command {
  const { job } = options;
  return { kind: 'schedule.set', input: { ...options, job: { ...job, kind: nameOfKind(job.kind) } } };
}
