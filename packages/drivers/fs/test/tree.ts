import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isKernelError } from '@tksm/abstractions';
import type { Value } from '@tksm/abstractions';
import { seededRandom, standInCalls } from '@tksm/drivers-memory';
import type { StandInCalls, StandInCallsOptions } from '@tksm/drivers-memory';
import { fsDriver } from '../src/fs-driver.ts';
import type { FsOptions } from '../src/fs-driver.ts';

/** What must never be read or changed. */
export const OUTSIDE = 'of the outside';

export interface TestTree {
  /** The folder that is the root of the driver: `corp/a.txt`, `corp/deep/b.txt`, links, a pipe, a device. */
  readonly root: string;
  /** A folder beside it, with `secret.txt`. */
  readonly outside: string;
  /** The driver's calls, with all rights but as the options say. */
  open(options?: Partial<FsOptions>, calls?: StandInCallsOptions): StandInCalls;
  remove(): void;
}

export function makeTree(): TestTree {
  const top = mkdtempSync(join(tmpdir(), 'tksm-fs-'));
  const [root, outside] = [join(top, 'root'), join(top, 'outside')];
  mkdirSync(join(root, 'corp/deep'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(root, 'corp/a.txt'), 'hello');
  writeFileSync(join(root, 'corp/deep/b.txt'), 'deep');
  writeFileSync(join(outside, 'secret.txt'), OUTSIDE);
  symlinkSync(outside, join(root, 'to-folder'));
  symlinkSync(join(outside, 'secret.txt'), join(root, 'to-file'));
  symlinkSync('nowhere', join(root, 'dangling'));
  symlinkSync('corp', join(root, 'within'));
  execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: root });
  const random = seededRandom(top);
  return {
    root,
    outside,
    open: (options = {}, calls = {}) => standInCalls([fsDriver({ random, root, ...options })], calls),
    remove: () => rmSync(top, { recursive: true, force: true }),
  };
}

/** The code that a call fails with, or what it gives. */
export async function outcome(call: Promise<Value>): Promise<unknown> {
  return call.catch((error: unknown) => (isKernelError(error) ? error.code : error));
}

/** The bytes of a blob. */
export async function blobBytes({ blobs }: StandInCalls, value: Value): Promise<Buffer> {
  const { blob } = value as unknown as { blob: { hash: Parameters<typeof blobs.read>[0] } };
  const chunks: Uint8Array[] = [];
  for await (const chunk of blobs.read(blob.hash)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
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
