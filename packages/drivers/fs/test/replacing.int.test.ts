import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StandInCalls } from '@tksm/drivers-memory';
import { isKernelError } from '@tksm/abstractions';
import { makeTree, outcome, unprivileged } from './tree.ts';
import type { TestTree } from './tree.ts';

const isRoot = process.geteuid?.() === 0;

let tree: TestTree;
let fs: StandInCalls;
beforeEach(() => {
  tree = makeTree();
  fs = tree.open();
});
afterEach(() => tree.remove());

const inRoot = (path: string): string => join(tree.root, path);
const write = (path: string, more: object = {}): Promise<unknown> =>
  outcome(fs.call('fs', 'write', { path, text: 'x', ...more }));

describe('fs.write', () => {
  it.each([0o600, 0o666, 0o777, 0o640])('keeps the mode %o of what it replaces', async (mode) => {
    chmodSync(inRoot('corp/a.txt'), mode);
    await write('/corp/a.txt');
    expect(lstatSync(inRoot('corp/a.txt')).mode & 0o7777).toBe(mode);
  });

  it('gives a new file the mode 0644, less what the process masks', async () => {
    await write('/corp/b.txt');
    expect(lstatSync(inRoot('corp/b.txt')).mode & 0o7777).toBe(0o644 & ~process.umask());
  });

  it.runIf(isRoot)('keeps the owner of what it replaces, or replaces nothing', async () => {
    chownSync(inRoot('corp/a.txt'), 1_000, 1_001);
    chmodSync(inRoot('corp/a.txt'), 0o4646);
    await write('/corp/a.txt');
    expect(lstatSync(inRoot('corp/a.txt'))).toMatchObject({ uid: 1_000, gid: 1_001, mode: 0o100646 });
    for (const path of ['..', '', 'corp']) chmodSync(inRoot(path), 0o777);
    expect(await unprivileged(() => write('/corp/a.txt', { text: 'y' }))).toBe('FileUnreadable');
    expect(readFileSync(inRoot('corp/a.txt'), 'utf8')).toBe('x');
    expect(readdirSync(inRoot('corp')).sort()).toEqual(['a.txt', 'deep']);
  });

  it('replaces no file that is not to be written, also for a user whom nothing holds back', async () => {
    for (const path of ['..', '', 'corp']) chmodSync(inRoot(path), 0o777);
    chmodSync(inRoot('corp/a.txt'), 0o444);
    expect(await write('/corp/a.txt')).toBe('FileUnreadable');
    expect(await unprivileged(() => write('/corp/a.txt'))).toBe('FileUnreadable');
    expect(await write('/corp/a.txt', { create: 'new' })).toBe('PreconditionFailed');
    expect(readFileSync(inRoot('corp/a.txt'), 'utf8')).toBe('hello');
  });

  it('names no draft as another call did, and removes none but its own', async () => {
    const drafts: string[] = [];
    const blobs = {
      ...fs.blobs,
      async *read() {
        const names = readdirSync(inRoot('corp/deep')).filter((name) => name.startsWith('.tksm-'));
        drafts.push(...names.filter((name) => !drafts.includes(name)));
        yield Buffer.from('x');
      },
    };
    fs = tree.open({}, { blobs });
    const call = { text: undefined, blob: { hash: '0'.repeat(64), size: 1 } };
    await write('/corp/deep/c', call);
    writeFileSync(inRoot(`corp/deep/${drafts[0] ?? ''}`), 'of another');
    await write('/corp/deep/c', call);
    expect(new Set(drafts).size).toBe(2);
    expect(readdirSync(inRoot('corp/deep')).sort()).toEqual([drafts[0], 'b.txt', 'c']);
  });
});

describe('a file that another process holds', () => {
  const LEASE = `import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
fcntl.fcntl(os.open(sys.argv[1], os.O_RDWR), 1024, 1)
print('on', flush=True)
sys.stdin.read()`;
  const hasPython = spawnSync('python3', ['--version']).status === 0;

  it.runIf(hasPython)('by a lease is busy, and holds nobody up', async () => {
    const holder = spawn('python3', ['-c', LEASE, inRoot('corp/a.txt')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    try {
      const error = await fs.call('fs', 'read', { path: '/corp/a.txt' }).catch((one: unknown) => one);
      expect(isKernelError(error, 'FileBusy') && error.retryable).toBe(true);
      expect(await write('/corp/a.txt')).toBe('FileBusy');
    } finally {
      holder.stdin.end();
      await once(holder, 'exit');
    }
    expect(await fs.call('fs', 'read', { path: '/corp/a.txt' })).toMatchObject({ text: 'hello' });
  });
});

describe('a program that runs', () => {
  it('is busy, and is not replaced', async () => {
    copyFileSync('/bin/sleep', inRoot('program'));
    chmodSync(inRoot('program'), 0o755);
    const program = spawn(inRoot('program'), ['60'], { stdio: 'ignore' });
    await once(program, 'spawn');
    try {
      expect(await write('/program')).toBe('FileBusy');
    } finally {
      program.kill('SIGKILL');
      await once(program, 'exit');
    }
    expect(await write('/program')).toMatchObject({ created: false });
  });
});

describe('a change that an earlier attempt made', () => {
  it('is made durable when it is found', async () => {
    // Only that the folder is opened for it can be seen from here: one that cannot be is told.
    mkdirSync(inRoot('corp/dark'));
    for (const path of ['..', '']) chmodSync(inRoot(path), 0o755);
    chmodSync(inRoot('corp'), 0o333);
    await unprivileged(async () => {
      expect(await outcome(fs.call('fs', 'mkdir', { path: '/corp/dark' }))).toBe('FileUnreadable');
      expect(await outcome(fs.call('fs', 'delete', { path: '/corp/none' }))).toBe('FileUnreadable');
    });
    chmodSync(inRoot('corp'), 0o755);
  });
});
