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
  ['doctor'],
] as const;

/** Names, sizes, times, modes and hashes of the contents of a folder, below it too. */
export function snapshot(folder: string): unknown {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((name) => {
      const { size, mtimeMs, mode } = statSync(name);
      return [name, size, mtimeMs, mode, statSync(name).isFile() ? hash('sha256', readFileSync(name)) : ''];
    });
}
