import { KernelError } from '@tksm/abstractions';
import type { SecretRef, SecretSource } from '@tksm/abstractions';

/** Variables that hold secrets by convention begin with this. */
export const SECRET_PREFIX = 'TKSM_SECRET_';

export interface EnvironmentSecretsOptions {
  /** Names of environment variables by the name of the secret, for those outside the convention. */
  readonly declared?: Readonly<Record<string, string>>;
  /** Default: the environment of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Secrets from environment variables, read when they are used. `{ secretRef: 'db-password' }` is the declared variable,
 * or else `TKSM_SECRET_DB_PASSWORD`: upper case, everything but letters and digits an underscore. An empty variable is
 * a missing one.
 */
export function environmentSecrets(options: EnvironmentSecretsOptions = {}): SecretSource {
  const { declared = {}, environment = process.env } = options;
  return {
    async resolve({ secretRef }: SecretRef): Promise<string> {
      const variable = (Object.hasOwn(declared, secretRef) && declared[secretRef]) || variableOf(secretRef);
      const secret = Object.hasOwn(environment, variable) ? environment[variable] : undefined;
      if (secret === undefined || secret === '') {
        throw new KernelError('SecretMissing', `the secret ${JSON.stringify(secretRef)} is not set`, {
          data: { secretRef, variable },
          next: `set the environment variable ${variable}`,
        });
      }
      return secret;
    },
  };
}

function variableOf(secretRef: string): string {
  return SECRET_PREFIX + secretRef.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}
