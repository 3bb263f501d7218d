import path from 'node:path';
import { isKernelError } from '@tksm/abstractions';
import type { Hash, LogHead } from '@tksm/abstractions';
import type { DataFolder, FileLayer } from './files/file-layer.ts';
import { nodeFiles } from './files/node-files.ts';
import {
  BASE_FILE,
  FORMAT_FILE,
  HEAD_FILE,
  LOCK_NOTE_FILE,
  LOG_FOLDER,
  segmentName,
  segmentPosition,
} from './format/layout.ts';
import { isLockNoteDamaged } from './locking/lock-note.ts';
import type { LogBase } from './format/base-line.ts';
import { readBase, WHOLE_LOG } from './reading/log-base.ts';
import type { Damage } from './reading/log-damage.ts';
import { EMPTY_HEAD } from './reading/place.ts';
import { hasKnownFormat, listAllSegments, readHeadMark, segmentPath } from './reading/segment-files.ts';
import type { FoundMark } from './reading/segment-files.ts';
import { onStorage } from './reading/storage-error.ts';
import { checkSegment } from './verification/segment-check.ts';
import type { SegmentCheck } from './verification/segment-check.ts';

/** Times that a HEAD is read that is not whole. */
const HEAD_LOOKS = 3;

export interface VerifyOptions {
  /** Told after each read: bytes checked, and bytes of all segments. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** What was found in one segment. */
export interface SegmentReport {
  /** Name, below the data folder. */
  readonly file: string;
  readonly bytes: number;
  readonly frames: number;
  /** Where its frames end, in bytes. */
  readonly framesEnd: number;
  /** Bytes after the last frame that were not acknowledged: opening the folder cuts them, or a writer is writing them. */
  readonly unacknowledgedBytes: number;
  /** The first damage in this segment. */
  readonly damage?: Damage;
}

export interface VerifyReport {
  /** First event that is kept here; those before it are archived. */
  readonly base: number;
  /** These are segments that left another folder. */
  readonly isArchive: boolean;
  /** Nothing that was flushed is missing or changed. */
  readonly isWhole: boolean;
  /** Up to where the log can be trusted. */
  readonly head: LogHead;
  readonly frames: number;
  readonly segments: readonly SegmentReport[];
  /** The first damage in the order of the log. */
  readonly damage?: Damage;
  /** Files that are missing or damaged and need not be kept: HEAD and FORMAT are made anew, a lock note is written by each writer. */
  readonly rebuildable: readonly string[];
  /** Segments that are archived and not yet removed. */
  readonly leftovers: readonly string[];
  /** Files below `log` that are not of the log. */
  readonly unknown: readonly string[];
}

/**
 * Reads every file of a data folder and checks every frame: checksum, hash, chain, positions. Changes nothing, needs no
 * lock, and holds a few MiB whatever the length of the log. Beside a writer, a frame being written is not damage.
 *
 * @throws KernelError `DataFolderMissing`, `FormatTooNew`, `StorageFailed`
 */
export async function verifySegments(dir: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  return verifySegmentsOn(nodeFiles, dir, options);
}

/** As {@link verifySegments}, over other files than the machine's: for simulators and tests of this driver. */
export async function verifySegmentsOn(
  files: FileLayer,
  dir: string,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  return onStorage(`${dir} could not be read`, () => verify({ files, dir: path.resolve(dir) }, options));
}

async function verify(folder: DataFolder, { onProgress }: VerifyOptions): Promise<VerifyReport> {
  const hasFormat = hasKnownFormat(folder);
  // HEAD before the segments: what it covers is in those that are found afterwards, also beside a writer.
  const found = await settledHeadMark(folder);
  const mark = found?.mark;
  const { base, damage: baseDamage } = examineBase(folder);
  const all = listAllSegments(folder);
  const positions = all.filter((first) => first >= base.position);
  const sizes = positions.map((first) => sizeOf(folder, first));
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  const checks: SegmentCheck[] = [];
  let doneBytes = 0;
  let before: LogHead | undefined = baseDamage === undefined ? headAt(base) : undefined;
  for (const [at, segment] of positions.entries()) {
    const onRead = (bytes: number): void => onProgress?.(doneBytes + bytes, totalBytes);
    const check: SegmentCheck = await checkSegment({
      folder,
      segment,
      next: positions[at + 1],
      before,
      mark,
      onRead,
    });
    checks.push(check);
    doneBytes += sizes[at] ?? 0;
    onProgress?.(doneBytes, totalBytes);
    before = check.damage === undefined ? check.head : undefined;
  }
  const isExpected = hasFormat || positions.length > 0 || (mark?.position ?? 0) > 0;
  const absent = baseDamage ?? (isExpected && positions[0] !== base.position ? startAbsent(base) : undefined);
  const leftovers = all.filter((first) => first < base.position);
  return {
    base: base.position,
    isArchive: base.isArchive,
    leftovers: leftovers.map((first) => `${LOG_FOLDER}/${segmentName(first)}`),
    ...reportOf(
      checks,
      absent,
      [
        ...(found?.isPristine === true ? [] : [`${LOG_FOLDER}/${HEAD_FILE}`]),
        ...(hasFormat ? [] : [FORMAT_FILE]),
        ...(isLockNoteDamaged(folder) ? [LOCK_NOTE_FILE] : []),
      ],
      unknownNames(folder),
    ),
  };
}

/** Looks again when a writer may have been writing it. */
async function settledHeadMark(folder: DataFolder): Promise<FoundMark | undefined> {
  let found = readHeadMark(folder);
  for (let looks = 1; looks < HEAD_LOOKS && found?.isPristine !== true; looks++) {
    await folder.files.turn();
    found = readHeadMark(folder);
  }
  return found;
}

function unknownNames({ files, dir }: DataFolder): string[] {
  const names = files.list(path.join(dir, LOG_FOLDER));
  const unknown = names.filter(
    (name) => name !== HEAD_FILE && name !== BASE_FILE && segmentPosition(name) === undefined,
  );
  return unknown.sort().map((name) => `${LOG_FOLDER}/${name}`);
}

function sizeOf({ files, dir }: DataFolder, segment: number): number {
  const file = files.open(segmentPath(dir, segment), 'read');
  try {
    return file.size();
  } finally {
    file.close();
  }
}

function startAbsent({ position }: LogBase): Damage {
  return {
    position,
    file: `${LOG_FOLDER}/${segmentName(position)}`,
    offset: 0,
    why: 'the segment is missing',
  };
}

/** Where the log begins; of a damaged BASE, how. */
function examineBase(folder: DataFolder): { readonly base: LogBase; readonly damage?: Damage } {
  try {
    return { base: readBase(folder) };
  } catch (error) {
    if (!isKernelError(error, 'LogDamaged')) throw error;
    return { base: WHOLE_LOG, damage: error.data as unknown as Damage };
  }
}

function headAt({ position, hash }: LogBase): LogHead {
  return { ...EMPTY_HEAD, position, hash: hash as Hash };
}

function reportOf(
  checks: readonly SegmentCheck[],
  absent: Damage | undefined,
  rebuildable: readonly string[],
  unknown: readonly string[],
): Omit<VerifyReport, 'base' | 'isArchive' | 'leftovers'> {
  const damage = absent ?? checks.find((check) => check.damage !== undefined)?.damage;
  const damagedAt = absent === undefined ? checks.findIndex((check) => check.damage !== undefined) : 0;
  const lastTrusted =
    damagedAt < 0 ? checks.at(-1) : checks.slice(0, damagedAt + 1).findLast(({ head }) => head);
  return {
    isWhole: damage === undefined,
    head: (absent === undefined ? lastTrusted?.head : undefined) ?? EMPTY_HEAD,
    frames: checks.reduce((sum, check) => sum + check.frames, 0),
    segments: checks.map(({ file, bytes, frames, framesEnd, unacknowledgedBytes, damage: own }) => {
      return {
        file,
        bytes,
        frames,
        framesEnd,
        unacknowledgedBytes,
        ...(own === undefined ? {} : { damage: own }),
      };
    }),
    ...(damage === undefined ? {} : { damage }),
    rebuildable,
    unknown,
  };
}
