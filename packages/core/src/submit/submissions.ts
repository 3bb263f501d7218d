import type { CommandId, HandleId, JobId, JobSpec, KernelEvent } from '@tksm/abstractions';
import type { Engine } from '../kernel/engine.ts';

export interface SubmissionOptions {
  readonly by: HandleId;
  /** The command id under which the caller named them. */
  readonly cmd?: CommandId | undefined;
  /** Whether they may have been submitted long ago: then retired jobs are looked for, too. */
  readonly mayBeOld: boolean;
}

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
  const recalls = engine.retired.recalls(fresh.flatMap(({ spec }) => spec.dependsOn ?? []));
  const named = cmd === undefined ? {} : { cmd };
  return [
    ...recalls,
    ...fresh.map(({ id, spec }): KernelEvent => ({
      ...{ type: 'job.submitted', v: 1, job: id, by, spec },
      ...named,
    })),
  ];
}
