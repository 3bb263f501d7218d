import path from 'node:path';
import { existsSync } from 'node:fs';
import { KernelError, noLogger } from '@tksm/abstractions';
import type { IndexMark, LogReader } from '@tksm/abstractions';
import { makeSnapshot, settleIndex, snapshotFault } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { nodeFiles } from '@tksm/drivers-segments';
import { openJobIndex, openJobIndexView } from '@tksm/drivers-sqlite';
import type { Invocation } from '../program/invocation.ts';
import { signingKey } from '../proofs/signing-key.ts';
import { signCheckpoint } from '../proofs/zone-checkpoint.ts';

/**
 * Makes sure that a folder starts, refuses old commands and proves events without what is before its log's end: a job index
 * that is marked there, a snapshot of it whose digest was made anew, and a signed checkpoint that names this digest, with
 * the tree of all frames. All of it is durable afterwards. The caller holds the folder.
 *
 * @throws KernelError `SnapshotDamaged` when no good snapshot comes out; what index, log and proofs refuse with
 */
export async function prepareCut(call: Invocation, dir: string, log: LogReader): Promise<void> {
  const snapshots = openDiskSnapshots({ dir });
  const mark = await settle(dir, log);
  await makeSnapshot({ log, store: snapshots, logger: noLogger });
  const { position } = await log.head();
  const source = { log, store: snapshots, logger: noLogger };
  const fault = await snapshotFault(source, position);
  if (fault !== undefined) throw unfit(`the snapshot at ${position} is not good: ${fault}`);
  const { checkpoint, provable } = await signCheckpoint(call, { dir, log, key: await signingKey(dir) });
  if (checkpoint.position !== position || checkpoint.digest !== provable.state.digest())
    throw unfit(`the checkpoint is not one of event ${position}`);
  const index = openJobIndexView({ dir });
  const kept = index?.mark;
  index?.close();
  if (mark !== undefined && kept?.hash !== mark.hash)
    throw unfit('the job index is not marked at the end of the log');
  for (const name of ['proofs', 'snapshots', 'index', '.']) {
    const folder = path.join(dir, name);
    if (existsSync(folder)) nodeFiles.flushFolder(folder);
  }
}

/** Closing writes all of an index to its file, and flushes it. */
async function settle(dir: string, log: LogReader): Promise<IndexMark | undefined> {
  const jobIndex = openJobIndex({ dir });
  try {
    return await settleIndex({ log, jobIndex, logger: noLogger, snapshots: openDiskSnapshots({ dir }) });
  } finally {
    await jobIndex.close();
  }
}

function unfit(why: string): KernelError {
  return new KernelError('SnapshotDamaged', `nothing is archived: ${why}`, { next: 'tksm event verify' });
}
