import path from 'node:path';
import type { LogReader } from '@tksm/abstractions';
import type { Checkpoint } from '@tksm/core';
import { checkProofs } from '../proofs/check-proofs.ts';
import type { ProofReport } from '../proofs/check-proofs.ts';
import { namesIn, strayFile } from './file-faults.ts';
import type { FileFault } from './folder-check.ts';

const NAMES = ['frames', 'nodes', 'checkpoint', 'signing.key'];

/** Checks `proofs/` against a log that is whole, and the log against checkpoints that were kept. */
export async function checkProofFiles(
  dir: string,
  log: LogReader,
  kept: readonly Checkpoint[],
): Promise<{ readonly proofs: ProofReport; readonly faults: readonly FileFault[] }> {
  const proofs = await checkProofs(dir, log, kept);
  const faults = proofs.findings.map(({ file, why, isRebuildable }): FileFault => {
    return isRebuildable
      ? { kind: 'rebuildable', file, why }
      : { kind: 'damaged', file, position: proofs.position, why };
  });
  const strays = (await namesIn(path.join(dir, 'proofs'))).filter((name) => !NAMES.includes(name));
  return { proofs, faults: [...faults, ...strays.map((name) => strayFile(`proofs/${name}`))] };
}
