import type { Invocation } from '../program/invocation.ts';

/** The file of the token that a command acts under: `--token-file`, else `TKSM_TOKEN_FILE`. Undefined: as the folder's owner. */
export function chosenTokenFile({ flags, env }: Pick<Invocation, 'flags' | 'env'>): string | undefined {
  const { TKSM_TOKEN_FILE: usual = '' } = env;
  // A flag that names nothing is a mistake, and makes nobody the owner.
  return flags.text('token-file') ?? (usual === '' ? undefined : usual);
}
