import { isSystemKind, jobId, KernelError } from '@tksm/abstractions';
import type { JobId, JobOutcome, KernelEvent, StoredObject, SupervisedBy } from '@tksm/abstractions';
import { cancelFamily } from '../jobs/cancel-family.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import { textField } from './operation.ts';
import type { KernelOperation, OperationScope } from './operation.ts';

export const jobCancel: KernelOperation = {
  name: 'job.cancel',
  summary: 'Cancels a job, and the children it waits for: { job, reason? }',
  perform(input, scope) {
    const { id, outcome } = find(input, scope);
    const { state, agenda, by } = scope;
    const job = state.jobs.get(id);
    if (outcome !== undefined) throw settled(id, outcome);
    const reason = input.reason === undefined ? 'cancelled on request' : textField(input, 'reason');
    const { families } = agenda;
    const events = job === undefined ? [] : cancelFamily(job, reason, by, { state, families });
    return { output: { job: id, cancelled: events.length }, events };
  },
};

export const jobRetry: KernelOperation = {
  name: 'job.retry',
  summary: 'Runs a failed, cancelled or held job again, with a fresh count of attempts: { job }',
  perform(input, scope) {
    const job = find(input, scope);
    const over = job.outcome !== undefined && job.outcome.status !== 'succeeded';
    if (!over && job.held === undefined) {
      const message = `job ${job.id} neither failed nor is held`;
      throw new KernelError('InvalidOperation', message, { data: { job: job.id } });
    }
    const { dedupKey, kind, supervision } = job.spec;
    if (over && supervision !== undefined) throw supervised(job.id, supervision);
    const twin = dedupKey === undefined ? undefined : scope.agenda.keys.deduplicated(kind, dedupKey);
    if (twin !== undefined && twin !== job.id) {
      const message = `job ${twin} took over the dedup key of job ${job.id}`;
      throw new KernelError('InvalidOperation', message, { data: { job: job.id, twin } });
    }
    if (over) scope.admission.check([job], scope.now);
    const event: KernelEvent = { type: 'job.released', v: 1, job: job.id, by: scope.by };
    return { output: { job: job.id }, events: [...needed(job, scope), event] };
  },
};

/** What a job that is put back needs in the state: itself, and what ended badly of what it waits for. */
function needed(job: KnownJob, { retired }: OperationScope): KernelEvent[] {
  return retired.recalls([job.id, ...(job.spec.dependsOn ?? []), ...retired.childrenOf(job.id)]);
}

function find(input: StoredObject, { state, retired }: OperationScope): KnownJob {
  const id = jobId(textField(input, 'job'));
  const job = state.jobs.get(id) ?? retired.job(id);
  if (job === undefined) throw new KernelError('JobNotFound', `there is no job ${id}`, { data: { job: id } });
  if (isSystemKind(job.spec.kind)) {
    throw new KernelError('InvalidOperation', `${id} is a job of the kernel's own`, { data: { job: id } });
  }
  return job;
}

function settled(id: JobId, { status }: JobOutcome): KernelError {
  return new KernelError('InvalidOperation', `job ${id} has already ${status}`, {
    data: { job: id, status },
  });
}

/** Its supervisor has taken note of its end: a second life would be nobody's. */
function supervised(id: JobId, { supervisor, child }: SupervisedBy): KernelError {
  const message = `job ${id} was a run of child ${child} of supervisor ${supervisor}`;
  const next = 'have the supervisor start the child again: supervisor.child.restart';
  return new KernelError('InvalidOperation', message, { data: { job: id, supervisor, child }, next });
}
