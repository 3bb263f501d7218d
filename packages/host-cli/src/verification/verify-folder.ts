import { opendir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isKernelError, noLogger } from '@tksm/abstractions';
import type { LogReader } from '@tksm/abstractions';
import { firstPosition, provableState, replayState } from '@tksm/core';
import type { Checkpoint } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { openSegmentsReader, verifySegments } from '@tksm/drivers-segments';
import type { VerifyReport } from '@tksm/drivers-segments';
import type { ProofReport } from '../proofs/check-proofs.ts';
import { archiveCheck } from './archive-check.ts';
import { blobsCheck } from './blobs-check.ts';
import { isLoss, strayFile } from './file-faults.ts';
import type { FileFault, FolderCheck } from './folder-check.ts';
import { indexCheck } from './index-check.ts';
import { checkProofFiles } from './proofs-check.ts';
import { projectionsCheck } from './projections-check.ts';
import { rootKeysCheck } from './root-keys-check.ts';
import { snapshotsCheck } from './snapshots-check.ts';
import { socketCheck } from './socket-check.ts';
import { vaultCheck } from './vault-check.ts';

/** What each kind of file is checked by, after the log and what is checked against it. */
const CHECKS: readonly FolderCheck[] = [
  archiveCheck,
  blobsCheck,
  indexCheck,
  projectionsCheck,
  rootKeysCheck,
  snapshotsCheck,
  socketCheck,
  vaultCheck,
];
/** Copies that repairs have kept: nothing is checked in them. */
const REPAIR_COPIES = /^repair-\d+$/;
const LOG_ENTRIES = ['log', 'FORMAT', 'lock', 'lock.json', 'proofs'];

export interface FolderReport {
  readonly log: VerifyReport;
  /** All that is wrong, whatever it means; the damage of the log first. */
  readonly faults: readonly FileFault[];
  /** What the log was checked against; undefined when it is damaged. */
  readonly proofs: ProofReport | undefined;
}

export interface VerifyFolderOptions {
  /** Checkpoints that the log must go on from, besides the one that was signed last. */
  readonly kept?: readonly Checkpoint[];
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Checks every byte of every file of a data folder. Changes nothing, takes no lock, and holds a few MiB whatever there is.
 *
 * @throws KernelError `DataFolderMissing`, `FormatTooNew`, `StorageFailed`
 */
export async function verifyFolder(
  dir: string,
  { kept = [], onProgress = () => undefined }: VerifyFolderOptions = {},
): Promise<FolderReport> {
  const sizes = await sizesOf(dir);
  // The log is read twice: its bytes first, then its events.
  const total = sizes.all + sizes.log;
  const log = await verifySegments(dir, { onProgress: (done) => onProgress(done, total) });
  const faults = faultsOf(log);
  const onShare = (share: number): void => onProgress(sizes.log * (1 + share), total);
  // What happened is folded where the log is.
  const history = log.isWhole && !log.isArchive ? await checkHistory(dir, kept, onShare) : undefined;
  faults.push(...(history?.faults ?? []));
  let done = sizes.log * 2;
  for (const check of CHECKS) {
    const onRead = (bytes: number): void => onProgress((done += bytes), total);
    for await (const fault of check.check({ dir, onRead })) faults.push(fault);
  }
  faults.push(...(await strays(dir)));
  return { log, faults, proofs: history?.proofs };
}

/** The faults that nothing but a copy mends. */
export function damageOf({ faults }: FolderReport): readonly FileFault[] {
  return faults.filter(({ kind }) => kind === 'damaged');
}

function faultsOf({ damage, rebuildable, unknown, leftovers, segments }: VerifyReport): FileFault[] {
  const faults: FileFault[] = damage === undefined ? [] : [{ kind: 'damaged', ...damage }];
  const why = 'it is missing, or not as it was written; it is made anew';
  faults.push(...rebuildable.map((file): FileFault => ({ kind: 'rebuildable', file, why })));
  for (const { file, unacknowledgedBytes } of segments) {
    if (unacknowledgedBytes === 0) continue;
    const what = `${unacknowledgedBytes} bytes after the last frame: being written, or left by a crash; they were not acknowledged`;
    faults.push({ kind: 'leftover', file, why: what });
  }
  const archived = 'it is archived: tksm event archive removes it when it is next run';
  faults.push(...leftovers.map((file): FileFault => ({ kind: 'leftover', file, why: archived })));
  return [...faults, ...unknown.map(strayFile)];
}

interface HistoryReport {
  readonly faults: readonly FileFault[];
  readonly proofs: ProofReport | undefined;
}

/** What was flushed is whole; now the events themselves, known types in an order that folds, and what proofs are made of. */
async function checkHistory(
  dir: string,
  kept: readonly Checkpoint[],
  onShare: (share: number) => void,
): Promise<HistoryReport> {
  const log = await openSegmentsReader({ dir });
  try {
    const { position: end } = await log.head();
    await foldHistory(
      dir,
      watched(log, (position) => onShare(position / Math.max(1, end))),
    );
    return await checkProofFiles(dir, log, kept);
  } catch (error) {
    if (!isKernelError(error) || !isLoss(error)) throw error;
    const position = Number(error.data.position ?? 0);
    return { proofs: undefined, faults: [{ kind: 'damaged', file: 'log', position, why: error.message }] };
  } finally {
    await log.close();
  }
}

/** From its first event; where that is archived elsewhere, from a snapshot whose digest is made anew. */
async function foldHistory(dir: string, log: LogReader): Promise<void> {
  if ((await firstPosition(log)) === 0) await replayState(log);
  else await provableState({ log, store: openDiskSnapshots({ dir }), logger: noLogger });
}

function watched(log: LogReader, onPosition: (position: number) => void): LogReader {
  return {
    head: () => log.head(),
    async *read(options) {
      for await (const frame of log.read(options)) {
        onPosition(frame.position);
        yield frame;
      }
    },
    close: () => log.close(),
  };
}

async function strays(dir: string): Promise<FileFault[]> {
  const known = [...LOG_ENTRIES, ...CHECKS.flatMap(({ entries }) => entries)];
  const names = (await readdir(dir)).filter((name) => !known.includes(name) && !REPAIR_COPIES.test(name));
  return names.sort().map(strayFile);
}

async function sizesOf(dir: string): Promise<{ readonly all: number; readonly log: number }> {
  let [all, log] = [0, 0];
  for await (const entry of await opendir(dir, { recursive: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    all += size;
    if (path.relative(dir, file).startsWith(`log${path.sep}`)) log += size;
  }
  return { all, log };
}
