import { isSystemKind, jobId, KernelError } from '@tksm/abstractions';
import type { HandleId, JobId, KernelEvent, StoredObject } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';
import { cancelled } from '../jobs/settlement.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import { textField } from './operation.ts';
import type { KernelOperation, OperationScope } from './operation.ts';

export const jobCancel: KernelOperation = {
  name: 'job.cancel',
  summary: 'Cancels a job, and the children it waits for: { job, reason? }',
  perform(input, scope) {
    const job = find(input, scope);
    if (job.outcome !== undefined) throw settled(job);
    const reason = input.reason === undefined ? 'cancelled on request' : textField(input, 'reason');
    const events = [...family(job.id, scope)].map((one) => cancellation(one, reason, scope.by));
    return { output: { job: job.id, cancelled: events.length }, events };
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
    const { dedupKey, kind } = job.spec;
    const twin = dedupKey === undefined ? undefined : scope.agenda.deduplicated(kind, dedupKey);
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

/** A job and every open descendant that it waits for, parents first. */
function* family(id: JobId, scope: OperationScope): Generator<JobState> {
  const job = scope.state.jobs.get(id);
  const open = job === undefined ? [] : [job];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    if (next.spec.childPolicy !== 'await') continue;
    for (const id of scope.agenda.families.childrenOf(next.id)) {
      const child = scope.state.jobs.get(id);
      if (child !== undefined && child.outcome === undefined) open.push(child);
    }
  }
}

function cancellation(job: JobState, reason: string, by: HandleId): KernelEvent {
  if (job.lease !== undefined) return { type: 'job.cancelling', v: 1, job: job.id, by, reason };
  return cancelled(job, reason);
}

function settled(job: KnownJob): KernelError {
  const status = job.outcome?.status ?? '';
  return new KernelError('InvalidOperation', `job ${job.id} has already ${status}`, {
    data: { job: job.id, status },
  });
}
