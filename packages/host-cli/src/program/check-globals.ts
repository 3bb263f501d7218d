import { KernelError } from '@tksm/abstractions';
import { nameOf } from '../registry/command-spec.ts';
import type { CommandSpec } from '../registry/command-spec.ts';
import { ALWAYS, GLOBAL_FLAGS } from '../registry/global-flags.ts';
import type { GlobalFlag } from '../registry/global-flags.ts';
import { chosenTokenFile } from '../tokens/chosen-token-file.ts';
import type { Invocation } from './invocation.ts';

type Given = Pick<Invocation, 'flags' | 'env'>;

/** @throws KernelError `UsageError` for a command under a token that needs the folder's owner, by the flag and by the environment */
export function checkOwner(spec: CommandSpec, { flags, env }: Given): void {
  const { ownerOnly } = spec;
  if (ownerOnly === undefined || chosenTokenFile({ flags, env }) === undefined) return;
  if (ownerOnly !== true && !flags.on(ownerOnly.flag)) return;
  const name = ownerOnly === true ? nameOf(spec) : `${nameOf(spec)} --${ownerOnly.flag}`;
  throw new KernelError('UsageError', `${name} is for the folder's owner, and no token allows it`, {
    next: 'the same without --token-file and with TKSM_TOKEN_FILE unset',
  });
}

/** @throws KernelError `UsageError` for a global flag that means nothing to the command */
export function checkGlobals(spec: CommandSpec, flags: Given['flags']): void {
  const heeded = new Set<GlobalFlag>([...ALWAYS, ...(spec.globals ?? [])]);
  for (const name of Object.keys(GLOBAL_FLAGS) as GlobalFlag[]) {
    if (heeded.has(name) || !flags.has(name)) continue;
    const why = name === 'token-file' ? ': it decides nothing, and reads the folder as its owner' : '';
    throw new KernelError('UsageError', `${nameOf(spec)} has no use for --${name}${why}`);
  }
}
