import { KernelError } from '@tksm/abstractions';
import type { JobId, SupervisedBy } from '@tksm/abstractions';
import type { KnownJob } from '../retention/retired-records.ts';
import type { OperationScope } from './operation.ts';

/** Whether a job has ended, and not well. */
export function endedBadly({ outcome }: KnownJob): boolean {
  return outcome !== undefined && outcome.status !== 'succeeded';
}

/** Why a job cannot be put back into the queue, room aside. Undefined: it can. */
export function refusalToPutBack(job: KnownJob, { agenda, now }: OperationScope): KernelError | undefined {
  const { id, spec } = job;
  if (!endedBadly(job) && job.held === undefined)
    return new KernelError('InvalidOperation', `job ${id} neither failed nor is held`, { data: { job: id } });
  const { dedupKey, kind, supervision, deadline } = spec;
  if (deadline !== undefined && deadline <= now) return tooLate(id);
  if (endedBadly(job) && supervision !== undefined) return supervised(id, supervision);
  const twin = dedupKey === undefined ? undefined : agenda.keys.deduplicated(kind, dedupKey);
  if (twin === undefined || twin === id) return undefined;
  const message = `job ${twin} took over the dedup key of job ${id}`;
  return new KernelError('InvalidOperation', message, { data: { job: id, twin } });
}

/** Ids of what a job that is put back needs in the state: itself, and what ended badly of what it waits for. */
export function neededBy({ id, spec }: KnownJob, { retired }: OperationScope): readonly JobId[] {
  return [id, ...(spec.dependsOn ?? []), ...retired.childrenOf(id)];
}

function tooLate(id: JobId): KernelError {
  const next = 'submit it again with a later deadline';
  return new KernelError('InvalidOperation', `the deadline of job ${id} is past`, {
    data: { job: id },
    next,
  });
}

/** Its supervisor has taken note of its end: a second life would be nobody's. */
function supervised(id: JobId, { supervisor, child }: SupervisedBy): KernelError {
  const message = `job ${id} was a run of child ${child} of supervisor ${supervisor}`;
  const next = 'have the supervisor start the child again: supervisor.child.restart';
  return new KernelError('InvalidOperation', message, { data: { job: id, supervisor, child }, next });
}
