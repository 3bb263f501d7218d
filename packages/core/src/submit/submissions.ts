import type { CommandId, HandleId, JobId, JobSpec, KernelEvent } from '@tksm/abstractions';
import type { Engine } from '../kernel/engine.ts';

export interface SubmissionOptions {
  readonly by: HandleId;
  /** The command id under which the caller named them. */
  readonly cmd?: CommandId | undefined;
  /** Whether they may have been submitted long ago: then retired jobs are looked for, too. */
  readonly mayBeOld: boolean;
}

const NONE: readonly JobId[] = [];

/**
 * The events that submit those jobs that are not there yet, after what puts back jobs they depend on.
 *
 * @throws KernelError `QueueFull`
 */
export function submissions(
  engine: Engine,
  jobs: readonly { readonly id: JobId; readonly spec: JobSpec }[],
  { by, cmd, mayBeOld }: SubmissionOptions,
): KernelEvent[] {
  const fresh = jobs.filter(({ id }) => (mayBeOld ? engine.known(id) : engine.job(id)) === undefined);
  engine.admission.check(fresh, engine.now);
  const needed = fresh.flatMap(({ spec }) => spec.dependsOn ?? NONE);
  const events: KernelEvent[] = needed.length === 0 ? [] : [...engine.retired.recalls(needed)];
  for (const { id, spec } of fresh) events.push(submitted(id, spec, by, cmd));
  return events;
}

/** Made as a whole, never by spreading: many are made at once. */
function submitted(job: JobId, spec: JobSpec, by: HandleId, cmd: CommandId | undefined): KernelEvent {
  const type = 'job.submitted';
  return cmd === undefined ? { type, v: 1, job, by, spec } : { type, v: 1, job, by, spec, cmd };
}
