import type { TaskContext } from '@tksm/abstractions';
import type { ShellInput } from './shell-input.ts';

/** All that a command is given of the kernel's own environment. */
export const INHERITED_VARIABLES = Object.freeze(['PATH', 'HOME', 'LANG'] as const);

/** How a process that outlived its kernel is found again: `leftoversOf`. */
export const JOB_MARKER = 'TKSM_JOB_ID';
const ATTEMPT_MARKER = 'TKSM_ATTEMPT';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of a command. */
export function childEnvironment(
  declared: ShellInput['env'],
  { job, attempt }: Pick<TaskContext, 'job' | 'attempt'>,
  environment: Environment,
): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const name of INHERITED_VARIABLES) {
    const value = environment[name];
    if (value !== undefined) env[name] = value;
  }
  Object.assign(env, declared);
  env[JOB_MARKER] = job.id;
  env[ATTEMPT_MARKER] = String(attempt);
  return env;
}
