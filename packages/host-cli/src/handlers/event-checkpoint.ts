import { verifierKeyOf, writeConsistencyProof } from '@tksm/core';
import type { Handler } from '../program/invocation.ts';
import { givenCheckpoint, sayVerifierKey, withProofs, withTree } from '../proofs/proving.ts';
import { signCheckpoint } from '../proofs/zone-checkpoint.ts';
import { EXIT } from '../terminal/exit-code.ts';

export const eventCheckpoint: Handler = (call) =>
  withProofs(call, async (proving) => {
    const { flags, output } = call;
    const { key } = proving;
    const older = await givenCheckpoint(call, 'since', proving);
    const fresh = await signCheckpoint(call, proving, older?.checkpoint);
    const { note, checkpoint } = fresh;
    const verifierKey = verifierKeyOf(checkpoint.origin, key);
    if (flags.on('key')) {
      if (output.settings.json) output.document({ verifierKey });
      else output.line(verifierKey);
      return EXIT.ok;
    }
    if (older !== undefined) {
      // A proof file has one form, with --json as without.
      output.data(await withTree(call, proving, async (tree) => writeConsistencyProof(fresh, older, tree)));
    } else if (output.settings.json) {
      const { origin, size, root, position, digest } = checkpoint;
      output.document({
        ...{ checkpoint: note, verifierKey },
        ...{ origin, size, root: root.toString('base64'), position, digest },
      });
    } else output.data(note);
    sayVerifierKey(call, key, checkpoint.origin);
    return EXIT.ok;
  });
