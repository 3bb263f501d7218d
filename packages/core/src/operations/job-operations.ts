import { isSystemKind, jobId, KernelError } from '@tksm/abstractions';
import type { JobId, JobOutcome, KernelEvent, StoredObject } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';
import { cancelFamily } from '../jobs/cancel-family.ts';
import type { Cancellations } from '../jobs/cancel-family.ts';
import { cancelTree } from '../jobs/cancel-tree.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import { textField } from './operation.ts';
import type { KernelOperation, OperationResult, OperationScope } from './operation.ts';
import { endedBadly, neededBy, refusalToPutBack } from './put-back.ts';
import { asksForJob } from './asks.ts';

/** Longest reason of a cancellation, in UTF-16 units: it is in the event of each job. */
const MAX_REASON = 1_000;

export const jobCancel: KernelOperation = {
  name: 'job.cancel',
  asks: asksForJob('job.cancel'),
  summary:
    'Cancels a job and the children it waits for, or all below it, settled or not: { job, reason?, tree? }; gives { left }',
  perform(input, scope) {
    const { id, outcome } = find(input, scope);
    const { state, agenda, retired, by } = scope;
    const { families } = agenda;
    const reason = reasonOf(input);
    if (input.tree === true)
      return cancellationsOf(id, cancelTree(id, reason, by, { state, families, retired }));
    const job = state.jobs.get(id);
    if (outcome !== undefined) throw settled(id, outcome);
    if (job === undefined) return cancellationsOf(id, { events: [], left: 0 });
    return cancellationsOf(id, cancelFamily(job, reason, by, { state, families }));
  },
};

export const jobRetry: KernelOperation = {
  name: 'job.retry',
  asks: asksForJob('job.retry'),
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

function cancellationsOf(job: JobId, { events, left }: Cancellations): OperationResult {
  return { output: { job, cancelled: events.length, left }, events };
}

/** @throws KernelError `InvalidInput` */
function reasonOf(input: StoredObject): string {
  if (input.reason === undefined) return 'cancelled on request';
  const reason = textField(input, 'reason');
  if (reason.length <= MAX_REASON) return reason;
  const data = { field: 'reason' };
  throw new KernelError('InvalidInput', `reason has at most ${MAX_REASON} characters`, { data });
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

/** @throws KernelError `JobNotFound`, `InvalidOperation` for one that has settled, or is the kernel's own */
export function openJob(input: StoredObject, scope: OperationScope): JobState {
  const { id, outcome } = find(input, scope);
  const job = scope.state.jobs.get(id);
  if (job === undefined || outcome !== undefined) throw settled(id, outcome ?? { status: 'cancelled' });
  return job;
}

function settled(id: JobId, { status }: Pick<JobOutcome, 'status'>): KernelError {
  return new KernelError('InvalidOperation', `job ${id} has already ${status}`, {
    data: { job: id, status },
  });
}
