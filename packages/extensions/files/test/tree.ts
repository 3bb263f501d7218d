import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isKernelError } from '@tksm/abstractions';
import type { ErrorCode } from '@tksm/abstractions';
import { joined, split } from '../src/path-value.ts';

/** Names that tell a careful program from a careless one. `a.txt` sorts before `a/…`, `a0` after. */
export const AWKWARD_NAMES = [
  Buffer.from('a/b/deep.txt'),
  Buffer.from('a.txt'),
  Buffer.from('a0'),
  Buffer.from('a b'),
  Buffer.from('-dash'),
  Buffer.from('*'),
  Buffer.from('new\nline'),
  Buffer.from('carriage\rreturn'),
  Buffer.from('back\\slash'),
  Buffer.from('ünï€😀'),
  Buffer.from([0x6c, 0xe4, 0x74, 0x69, 0x6e]),
  Buffer.from([0xff, 0xfe, 0x0a, 0x5c]),
  Buffer.from('.hidden'),
];

/** A folder with a file for each name, whose content is its own name. */
export function makeTree(names: readonly Buffer[] = AWKWARD_NAMES): string {
  const root = mkdtempSync(join(tmpdir(), 'tksm-files-'));
  for (const name of names) {
    const path = joined(Buffer.from(root), name);
    mkdirSync(split(path).folder, { recursive: true });
    writeFileSync(path, name);
  }
  return root;
}

/** Runs a script of the shell in a folder. */
export function shell(script: string, cwd: string): Buffer {
  return execFileSync('sh', ['-c', script], { cwd });
}

/** Links and a pipe beside the files: none of them is a regular file. */
export function addSpecialFiles(root: string): void {
  symlinkSync('a', join(root, 'link-to-folder'));
  symlinkSync('a.txt', join(root, 'link-to-file'));
  symlinkSync('nowhere', join(root, 'dangling'));
  shell('mkfifo pipe', root);
}

export function removeTree(root: string): void {
  rmSync(root, { recursive: true });
}

/** The code that a run fails with. */
export async function codeOf(run: Promise<unknown>): Promise<ErrorCode | 'none' | 'other'> {
  return run.then(
    () => 'none' as const,
    (error: unknown) => (isKernelError(error) ? error.code : 'other'),
  );
}

/** Runs as a user without rights, who is refused what root is not. */
export async function unprivileged<T>(run: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}
