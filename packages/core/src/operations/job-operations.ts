import { isSystemKind, jobId, KernelError } from '@tksm/abstractions';
import type { JobId, JobOutcome, KernelEvent, StoredObject } from '@tksm/abstractions';
import { cancelFamily } from '../jobs/cancel-family.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import { textField } from './operation.ts';
import type { KernelOperation, OperationScope } from './operation.ts';
import { endedBadly, neededBy, refusalToPutBack } from './put-back.ts';

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
    const refusal = refusalToPutBack(job, scope);
    if (refusal !== undefined) throw refusal;
    if (endedBadly(job)) scope.admission.check([job], scope.now);
    const event: KernelEvent = { type: 'job.released', v: 1, job: job.id, by: scope.by };
    return { output: { job: job.id }, events: [...scope.retired.recalls(neededBy(job, scope)), event] };
  },
};

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
