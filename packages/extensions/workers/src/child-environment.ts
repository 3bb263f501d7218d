import { KernelError } from '@tksm/abstractions';
import type { Redactor, SecretSource, TaskContext } from '@tksm/abstractions';
import type { ShellInput } from './shell-input.ts';

/** All that a command is given of the kernel's own environment. */
export const INHERITED_VARIABLES = Object.freeze(['PATH', 'HOME', 'LANG'] as const);

/** How a process that outlived its kernel is found again: `leftoversOf`. */
export const JOB_MARKER = 'TKSM_JOB_ID';
const ATTEMPT_MARKER = 'TKSM_ATTEMPT';

export type Environment = Readonly<Record<string, string | undefined>>;

interface EnvironmentSources {
  readonly environment: Environment;
  readonly secrets?: SecretSource | undefined;
  readonly redactor?: Redactor | undefined;
}

export interface ChildEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** The values that must not be seen. */
  readonly secrets: readonly string[];
}

/**
 * Resolves the environment of a command, at the moment of use.
 *
 * @throws KernelError `SecretMissing`
 */
export async function childEnvironment(
  declared: ShellInput['env'],
  { job, attempt }: Pick<TaskContext, 'job' | 'attempt'>,
  { environment, secrets, redactor }: EnvironmentSources,
): Promise<ChildEnvironment> {
  const env: Record<string, string> = {};
  const resolved: string[] = [];
  for (const name of INHERITED_VARIABLES) {
    const value = environment[name];
    if (value !== undefined) env[name] = value;
  }
  for (const [name, value] of Object.entries(declared ?? {})) {
    if (typeof value === 'string') {
      env[name] = value;
      continue;
    }
    if (secrets === undefined) {
      throw new KernelError('SecretMissing', `nothing here resolves the secret ${value.secretRef}`, {
        data: { secretRef: value.secretRef },
      });
    }
    const secret = await secrets.resolve(value);
    redactor?.add(secret);
    resolved.push(secret);
    env[name] = secret;
  }
  env[JOB_MARKER] = job.id;
  env[ATTEMPT_MARKER] = String(attempt);
  return { env, secrets: resolved };
}
