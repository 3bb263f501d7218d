import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FaultKind } from '../src/verification/folder-check.ts';
import { faultLine } from '../src/verification/fault-line.ts';
import { verifyFolder } from '../src/verification/verify-folder.ts';

/** What was said of flips in the files of one kind. */
export type FlipCounts = Record<string, Partial<Record<FaultKind | 'flips' | 'silent', number>>>;

/** Files of a data folder, below it; sockets are no files. */
export function filesOf(dir: string): string[] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => path.relative(dir, path.join(parentPath, name))).sort();
}

/**
 * Flips one random byte in each file in turn, so many times in all, verifies, and puts it back.
 *
 * @throws Error when a flip goes unsaid, or one in acknowledged bytes is not called damage
 */
export async function flipBytes(dir: string, flips: number, random: () => number): Promise<FlipCounts> {
  const files = filesOf(dir).filter((file) => readFileSync(path.join(dir, file)).length > 0);
  const before = (await verifyFolder(dir)).faults.map(faultLine);
  const counts: FlipCounts = {};
  for (let flip = 0; flip < flips; flip++) {
    const file = files[flip % files.length] ?? '';
    const whole = readFileSync(path.join(dir, file));
    const acknowledged = acknowledgedBytes(file, whole);
    // Most of a segment are zeros that wait for frames: every second flip is in what was acknowledged.
    const range = acknowledged > 0 && flip % (2 * files.length) < files.length ? acknowledged : whole.length;
    const at = Math.floor(random() * range);
    const changed = Buffer.from(whole);
    changed[at] = (whole[at] ?? 0) ^ (1 + Math.floor(random() * 255));
    writeFileSync(path.join(dir, file), changed);
    const { faults } = await verifyFolder(dir);
    writeFileSync(path.join(dir, file), whole);
    // What is said of this file, of the log that begins in it, or of a file that it is compared with.
    const said =
      faults.find((fault) => fault.kind === 'damaged') ??
      faults.find((fault) => fault.file === file) ??
      faults.find((fault) => !before.includes(faultLine(fault)));
    const kind = said?.kind;
    if (kind === undefined) throw new Error(`a flip of byte ${at} of ${file} went unsaid`);
    if (at < acknowledged && kind !== 'damaged')
      throw new Error(`byte ${at} of ${file}: ${JSON.stringify(faults)}`);
    const count = (counts[kindOf(file)] ??= {});
    count.flips = (count.flips ?? 0) + 1;
    count[kind] = (count[kind] ?? 0) + 1;
  }
  return counts;
}

/** Bytes from the start that were acknowledged and nothing can make anew. By the layout of ADR 2, not by the code under test. */
function acknowledgedBytes(file: string, bytes: Buffer): number {
  if (file.startsWith('blobs') || file.startsWith('vault')) return bytes.length;
  if (!file.endsWith('.seg')) return 0;
  let end = 4096;
  while (end + 8 <= bytes.length && bytes.readUInt32LE(end + 4) > 0) {
    end += Math.ceil((8 + bytes.readUInt32LE(end + 4)) / 8) * 8;
  }
  return end;
}

function kindOf(file: string): string {
  if (file.endsWith('.seg')) return file.startsWith('archive') ? 'archive' : 'segments';
  const [folder = file] = /^(blobs|snapshots|vault|projections)(?=\/)/.exec(file) ?? [file];
  return folder;
}
