// Repairs a log that does not open. Guarantees:
//
// 1. Of every file that it changes, a whole copy lies in another folder, flushed, before the first is changed.
// 2. What was or may have been acknowledged goes only when that is allowed.
// 3. A crash in the middle leaves a log that is still called damaged, or one that opens; a second repair goes on.

import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { Clock } from '@tksm/abstractions';
import type { DataFolder, FileLayer, OpenFile } from '../files/file-layer.ts';
import { nodeFiles } from '../files/node-files.ts';
import { openIfThere, readFully, writeFully } from '../files/transfer.ts';
import { PlaceIndex } from '../reading/place-index.ts';
import { onStorage } from '../reading/storage-error.ts';
import { hasKnownFormat } from '../reading/segment-files.ts';
import { removeLeftovers, writeFormat } from '../recovery/create-log.ts';
import { recoverLog } from '../recovery/recover-log.ts';
import { verifySegmentsOn } from '../verify-segments.ts';
import { planRepair } from './plan-repair.ts';
import type { RepairPlan, RepairStep } from './plan-repair.ts';

const CHUNK_BYTES = 1024 * 1024;

export interface RepairOptions {
  readonly clock: Clock;
  /** Whether events may be lost that were, or may have been, acknowledged. Default false. */
  readonly cutAcknowledged?: boolean;
}

export interface Repaired extends RepairPlan {
  /** Folder with the copies; undefined when nothing was to be done. */
  readonly copies: string | undefined;
}

/**
 * Does what {@link planRepair} says, as the one writer of the folder.
 *
 * @throws KernelError `LogDamaged` when acknowledged events would be lost and must not, or nothing would be left;
 * `DataFolderLocked`, `DataFolderReadOnly`, `DiskFull`, `StorageFailed`
 */
export function repairSegments(dir: string, options: RepairOptions): Promise<Repaired> {
  return repairSegmentsOn(nodeFiles, dir, options);
}

/** As {@link repairSegments}, over other files than the machine's. */
export async function repairSegmentsOn(
  files: FileLayer,
  dir: string,
  { clock, cutAcknowledged = false }: RepairOptions,
): Promise<Repaired> {
  const folder = { files, dir: path.resolve(dir) };
  return onStorage(`${dir} could not be repaired`, async () => {
    const lock = await files.lock(folder.dir, clock.now());
    try {
      const plan = planRepair(await verifySegmentsOn(files, folder.dir));
      if (plan.isHopeless || (plan.lostFrom !== undefined && !cutAcknowledged)) throw refused(plan);
      if (plan.steps.length === 0) return { ...plan, copies: undefined };
      const copies = path.join(folder.dir, `repair-${clock.now()}`);
      keepCopies(folder, copies, plan.steps);
      for (const step of plan.steps) change(folder, step);
      await recoverLog(folder, new PlaceIndex());
      if (!hasKnownFormat(folder)) writeFormat(folder);
      removeLeftovers(folder);
      return { ...plan, copies };
    } finally {
      lock.release();
    }
  });
}

function refused({ lostFrom = 0, why = '', isHopeless }: RepairPlan): KernelError {
  const message = isHopeless
    ? `nothing of the log could be kept: ${why}`
    : `a repair would lose every event from ${lostFrom} on, which were or may have been acknowledged: ${why}`;
  return new KernelError('LogDamaged', message, { data: { position: lostFrom, why } });
}

function keepCopies({ files, dir }: DataFolder, copies: string, steps: readonly RepairStep[]): void {
  files.makeFolder(copies);
  for (const { file } of steps) {
    const from = openIfThere(files, path.join(dir, file));
    if (from === undefined) continue;
    const to = files.open(path.join(copies, path.basename(file)), 'create');
    try {
      copy(from, to);
      to.flush();
    } finally {
      from.close();
      to.close();
    }
  }
  files.flushFolder(copies);
  files.flushFolder(dir);
}

function copy(from: OpenFile, to: OpenFile): void {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; ; at += CHUNK_BYTES) {
    const bytes = readFully(from, chunk, at);
    if (bytes.length === 0) return;
    writeFully(to, bytes, at);
  }
}

/** HEAD and FORMAT go first and are made anew at the end: without HEAD, recovery itself cuts nothing. */
function change({ files, dir }: DataFolder, { kind, file, offset }: RepairStep): void {
  const name = path.join(dir, file);
  if (kind !== 'cut') {
    files.remove(name);
    files.flushFolder(path.dirname(name));
    return;
  }
  const segment = files.open(name, 'update');
  try {
    segment.truncate(offset);
    segment.flush();
  } finally {
    segment.close();
  }
}
