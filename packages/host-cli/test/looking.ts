import { hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Every command that only looks. */
export const LOOKING = [
  ['job', 'ls', '--all'],
  ['job', 'tree'],
  ['event', 'ls'],
  ['event', 'tail'],
  ['event', 'show', '0'],
  ['event', 'verify'],
  ['event', 'export'],
  ['state', 'digest'],
  ['state', 'get', 'var/', '--prefix'],
  ['replay'],
  ['var', 'get', 'a'],
  ['var', 'ls'],
  ['health'],
  ['health', '--at', '5'],
  ['job', 'ls', '--at', '-0s'],
  ['projection', 'ls'],
  ['projection', 'show', 'throughput', '--at', '5'],
  ['doctor'],
] as const;

/** Names, sizes, times, modes and hashes of the contents of a folder, below it too. */
export function snapshot(folder: string): unknown {
  return namesIn(folder).map((name) => {
    const stats = statSync(name);
    const { size, mtimeMs, mode } = stats;
    return [name, size, mtimeMs, mode, stats.isFile() ? hash('sha256', readFileSync(name)) : ''];
  });
}

/** As `snapshot`, without what a writer that has nothing to do may still do in a pause: add zeros to its files. */
export function contents(folder: string): unknown {
  return namesIn(folder).map((name) => {
    const stats = statSync(name);
    return [name, stats.mode, stats.isFile() ? hash('sha256', withoutZeros(readFileSync(name))) : ''];
  });
}

function namesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => path.join(entry.parentPath, entry.name)).sort();
}

function withoutZeros(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
}
