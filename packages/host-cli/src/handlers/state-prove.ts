import { KernelError } from '@tksm/abstractions';
import { provableState, writeStateProof } from '@tksm/core';
import type { Handler, Invocation } from '../program/invocation.ts';
import { givenCheckpoint, sayVerifierKey, withProofs } from '../proofs/proving.ts';
import type { Proving } from '../proofs/proving.ts';
import { stateSource } from '../proofs/state-source.ts';
import { signCheckpoint } from '../proofs/zone-checkpoint.ts';
import type { FreshCheckpoint } from '../proofs/zone-checkpoint.ts';
import { EXIT } from '../terminal/exit-code.ts';

export const stateProve: Handler = (call) =>
  withProofs(call, async (proving) => {
    const { args, flags, output } = call;
    const name = args[0] ?? '';
    const entry = flags.on('entry') ? name : `world/${name}`;
    const { provable, ...signed } = await signedState(call, proving);
    const proof = provable.prove(entry);
    if (proof === undefined) {
      const { position } = signed.checkpoint;
      throw new KernelError('VarNotFound', `there is no ${entry} after ${position} events`, {
        data: { key: name, position },
        next: 'tksm state get PREFIX --prefix lists keys',
      });
    }
    output.data(writeStateProof(signed, proof));
    sayVerifierKey(call, proving.key, signed.checkpoint.origin);
    return EXIT.ok;
  });

/** The state of the checkpoint that was given, or of a new one. */
async function signedState(call: Invocation, proving: Proving): Promise<FreshCheckpoint> {
  const given = await givenCheckpoint(call, 'checkpoint', proving);
  if (given === undefined) return signCheckpoint(call, proving);
  return {
    ...given,
    provable: await provableState({ ...stateSource(proving), to: given.checkpoint.position }),
  };
}
