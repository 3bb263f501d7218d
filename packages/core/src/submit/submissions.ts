import type { CommandId, HandleId, JobId, JobSpec, KernelEvent } from '@tksm/abstractions';
import type { Engine } from '../kernel/engine.ts';
import { checkLanes } from './open-lanes.ts';

export interface SubmissionOptions {
  readonly by: HandleId;
  /** The command id under which the caller named them. */
  readonly cmd?: CommandId | undefined;
  /** Where they may be already: nowhere when their ids were drawn or looked for before, in the state, or retired, too. */
  readonly knownTo: 'nobody' | 'state' | 'index';
}

const NONE: readonly JobId[] = [];

/**
 * The events that submit those jobs that are not there yet, after what puts back jobs they depend on.
 *
 * @throws KernelError `AgentStopped`, `QueueFull`
 */
export function submissions(
  engine: Engine,
  jobs: readonly { readonly id: JobId; readonly spec: JobSpec }[],
  { by, cmd, knownTo }: SubmissionOptions,
): KernelEvent[] {
  const fresh = knownTo === 'nobody' ? jobs : jobs.filter(({ id }) => !isKnown(engine, id, knownTo));
  checkLanes(fresh, by, engine);
  engine.admission.check(fresh, engine.now);
  const events = fresh.map(({ id, spec }) => submitted(id, spec, by, cmd));
  if (!fresh.some(({ spec }) => spec.dependsOn !== undefined)) return events;
  const needed = fresh.flatMap(({ spec }) => spec.dependsOn ?? NONE);
  return [...engine.retired.recalls(needed), ...events];
}

function isKnown(engine: Engine, id: JobId, to: 'state' | 'index'): boolean {
  return (to === 'index' ? engine.known(id) : engine.job(id)) !== undefined;
}

/** Made as a whole, never by spreading: many are made at once. */
function submitted(job: JobId, spec: JobSpec, by: HandleId, cmd: CommandId | undefined): KernelEvent {
  const type = 'job.submitted';
  return cmd === undefined ? { type, v: 1, job, by, spec } : { type, v: 1, job, by, spec, cmd };
}
