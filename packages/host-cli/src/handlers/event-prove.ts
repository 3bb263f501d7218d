import { KernelError } from '@tksm/abstractions';
import type { Position } from '@tksm/abstractions';
import { writeEventProof } from '@tksm/core';
import type { SignedCheckpoint } from '@tksm/core';
import { positionArgument } from '../events/position-argument.ts';
import type { Handler, Invocation } from '../program/invocation.ts';
import { frameAt, givenCheckpoint, sayVerifierKey, withProofs, withTree } from '../proofs/proving.ts';
import type { Proving } from '../proofs/proving.ts';
import { lastCheckpoint, signCheckpoint } from '../proofs/zone-checkpoint.ts';
import { EXIT } from '../terminal/exit-code.ts';

export const eventProve: Handler = (call) =>
  withProofs(call, async (proving) => {
    const position = positionArgument(call.args[0] ?? '');
    const frame = await frameAt(proving.log, position);
    const signed = await checkpointOver(call, proving, position);
    const proof = await withTree(call, proving, async (tree) =>
      writeEventProof(signed, { position, frame, index: tree.indexOf(position) }, tree),
    );
    call.output.data(proof);
    sayVerifierKey(call, proving.key, signed.checkpoint.origin);
    return EXIT.ok;
  });

/** The checkpoint that was given, the one signed last, or a new one when that is older than the event. */
async function checkpointOver(
  call: Invocation,
  proving: Proving,
  position: Position,
): Promise<SignedCheckpoint> {
  const { dir, key } = proving;
  const given = await givenCheckpoint(call, 'checkpoint', proving);
  if (given === undefined) {
    const last = await lastCheckpoint(dir, key);
    return last !== undefined && position < last.checkpoint.position ? last : signCheckpoint(call, proving);
  }
  const { position: events } = given.checkpoint;
  if (position < events) return given;
  throw new KernelError('EventNotFound', `the checkpoint is older than event ${position}: it has ${events}`, {
    data: { position, events },
    next: 'leave --checkpoint out, or make a new one with tksm event checkpoint',
  });
}
