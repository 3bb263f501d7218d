import type { Instant, JobId, KernelEvent, SerializedError } from '@tksm/abstractions';
import { minds } from '../scheduler/agenda.ts';
import type { Reaction } from '../scheduler/agenda.ts';
import type { Families } from '../scheduler/families.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { decideSupervision } from '../supervision/decide-supervision.ts';

/** What follows from the facts so far: from a dependency that ended badly, children that have settled, a supervised end. */
export function decideReaction(
  reaction: Reaction,
  state: KernelState,
  families: Families,
  now: Instant,
): readonly KernelEvent[] {
  if (reaction.what === 'supervision')
    return decideSupervision(reaction.supervisor, { state, families, now });
  const event = decideJobReaction(reaction, state, families);
  return event === undefined ? [] : [event];
}

function decideJobReaction(
  reaction: Exclude<Reaction, { readonly what: 'supervision' }>,
  state: KernelState,
  families: Families,
): KernelEvent | undefined {
  const job = state.jobs.get(reaction.job);
  if (job === undefined || job.outcome !== undefined) return undefined;
  if (reaction.what === 'children-settled') {
    if (job.returned === undefined || families.hasOpen(job.id)) return undefined;
    const failed = families.failedOf(job.id);
    const { id, epoch, cancelling } = job;
    if (cancelling !== undefined) {
      return { type: 'job.cancelled', v: 1, job: id, error: { code: 'Cancelled', message: cancelling } };
    }
    if (failed.length > 0) return { type: 'job.failed', v: 1, job: id, epoch, error: childFailed(failed) };
    return { type: 'job.succeeded', v: 1, job: id, epoch, output: job.returned.output };
  }
  if (!minds(job)) return undefined;
  const error = dependencyFailed(reaction.dependency, state);
  return job.spec.onDependencyFailure === 'hold'
    ? { type: 'job.held', v: 1, job: job.id, error }
    : { type: 'job.cancelled', v: 1, job: job.id, error };
}

function childFailed(failed: readonly JobId[]): SerializedError {
  const [first = ''] = failed;
  const message = `${failed.length} ${failed.length === 1 ? 'child' : 'children'} did not succeed, first ${first}`;
  return { code: 'ChildFailed', message, data: { count: failed.length, first } };
}

function dependencyFailed(dependency: JobId, state: KernelState): SerializedError {
  const status = state.jobs.get(dependency)?.outcome?.status ?? 'missing';
  const data = { dependency, status };
  return { code: 'DependencyFailed', message: `dependency ${dependency} ${status}`, data };
}
