import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Value } from '@tksm/abstractions';
import type { StandInCalls } from '@tksm/drivers-memory';
import { makeTree, openDescriptors, OUTSIDE, outcome } from './tree.ts';
import type { TestTree } from './tree.ts';

let tree: TestTree;
let fs: StandInCalls;
beforeEach(() => {
  tree = makeTree();
  fs = tree.open();
});
afterEach(() => {
  // Whatever was tried.
  expect(readdirSync(tree.outside)).toEqual(['secret.txt']);
  expect(readFileSync(join(tree.outside, 'secret.txt'), 'utf8')).toBe(OUTSIDE);
  tree.remove();
});

describe('an attack by a path', () => {
  it.each([
    ['..', '/corp/../../outside/secret.txt'],
    ['.. at the beginning', '/../outside/secret.txt'],
    ['.. at the end', '/corp/..'],
    ['a dot', '/./corp'],
    ['a relative path', 'corp/a.txt'],
    ['no path', ''],
    ['NUL', '/corp/a.txt\0.png'],
    ['two slashes', '//corp/a.txt'],
    ['a slash at the end', '/corp/'],
    ['a backslash', '/corp\\..\\..\\outside'],
    ['an encoded ..', '/corp/%2e%2e/%2e%2e/outside/secret.txt'],
    ['an encoded slash', '/corp%2fa.txt'],
    ['an invisible character', '/corp/a\u200b.txt'],
    ['NFD', '/corp/re\u0301sume\u0301'],
    ['a star', '/corp/*'],
    ['half a character', '/corp/\ud800'],
    ['a very deep one', '/a'.repeat(65)],
  ])('is refused: %s', async (_, path) => {
    for (const op of ['read', 'list', 'stat', 'mkdir', 'delete']) {
      expect(await outcome(fs.call('fs', op, { path }))).toBe('InvalidInput');
    }
    expect(await outcome(fs.call('fs', 'write', { path, text: '' }))).toBe('InvalidInput');
    expect(await outcome(fs.call('fs', 'rename', { path: '/corp/a.txt', to: path }))).toBe('InvalidInput');
    expect(fs.asked).toEqual([]);
  });
});

describe('any path at all', () => {
  const names = [
    'corp',
    'a.txt',
    'deep',
    'to-folder',
    'to-file',
    'within',
    'outside',
    'secret.txt',
    'pipe',
    'new',
  ];
  const tricks = ['..', '.', '', '%2e%2e', '\0', '\\', '*', '\u202e', ' ', 'corp\\..'];
  const path = fc
    .array(fc.oneof(fc.constantFrom(...names), fc.constantFrom(...tricks)), { maxLength: 5 })
    .map((segments) => `/${segments.join('/')}`);

  it('gives what is inside, or an error with a code', () =>
    fc.assert(
      fc.asyncProperty(path, fc.constantFrom('read', 'list', 'stat', 'write'), async (at, op) => {
        const result = await outcome(
          fs.call('fs', op, { path: at, ...(op === 'write' && { text: 'hello' }) }),
        );
        expect(result).not.toBeInstanceOf(Error);
        expect(JSON.stringify(result)).not.toContain(OUTSIDE);
      }),
      { numRuns: 400 },
    ));
});

describe('an attack by a link', () => {
  it.each(['/to-folder/secret.txt', '/within/a.txt', '/within/deep/new', '/dangling/new'])(
    'is refused in the middle: %s',
    async (path) => {
      for (const op of ['read', 'list', 'stat', 'mkdir', 'delete']) {
        expect(await outcome(fs.call('fs', op, { path }))).toBe('PathRefused');
      }
      expect(await outcome(fs.call('fs', 'write', { path, text: '' }))).toBe('PathRefused');
      expect(await outcome(fs.call('fs', 'rename', { path, to: '/corp/c' }))).toBe('PathRefused');
      expect(await outcome(fs.call('fs', 'rename', { path: '/corp/a.txt', to: path }))).toBe('PathRefused');
    },
  );

  it.each(['/to-file', '/to-folder', '/dangling', '/within'])('is refused at the end: %s', async (path) => {
    for (const op of ['read', 'list', 'mkdir']) {
      expect(await outcome(fs.call('fs', op, { path }))).toBe('PathRefused');
    }
    for (const create of ['new', 'replace']) {
      expect(await outcome(fs.call('fs', 'write', { path, text: '', create }))).toBe('PathRefused');
      const to = { path: '/corp/a.txt', to: path, create };
      expect(await outcome(fs.call('fs', 'rename', to))).toBe('PathRefused');
      expect(await outcome(fs.call('fs', 'rename', { path, to: '/corp/c', create }))).toBe('PathRefused');
    }
  });
});

describe('an attack by what is no file', () => {
  const refusesAll = async (path: string): Promise<void> => {
    expect(await outcome(fs.call('fs', 'read', { path }))).toBe('PathRefused');
    expect(await outcome(fs.call('fs', 'list', { path }))).toBe('PathRefused');
    expect(await outcome(fs.call('fs', 'write', { path, text: 'x' }))).toBe('PathRefused');
    expect(await outcome(fs.call('fs', 'rename', { path: '/corp/a.txt', to: path }))).toBe('PathRefused');
  };

  it('does not wait for the other end of a pipe', () => refusesAll('/pipe'));

  it('opens no socket', async () => {
    const server = createServer().listen(join(tree.root, 'socket'));
    await once(server, 'listening');
    await refusesAll('/socket').finally(() => server.close());
  });

  it.each([
    '/dev/null',
    '/dev/zero',
    '/dev/tty',
    '/proc/self/environ',
    '/proc/self/mem',
    '/proc/self/cwd/package.json',
    '/proc/self/root/etc/passwd',
    '/proc/self/fd/0',
    '/proc/1/environ',
    '/sys/kernel/notes',
  ])('reads nothing of the system itself: %s', async (path) => {
    fs = tree.open({ root: '/' });
    expect(await outcome(fs.call('fs', 'read', { path }))).toBe('PathRefused');
  });

  it('has no root in a file system of the system', async () => {
    fs = tree.open({ root: '/proc' });
    expect(await outcome(fs.call('fs', 'read', { path: '/self/environ' }))).toBe('PathRefused');
  });
});

describe('an attack by a race', () => {
  /** Calls at least, and at most until everything that can come of one has been seen. */
  const [MIN_ROUNDS, MAX_ROUNDS] = [100, 3_000];
  const FOLDER = `renameSync(at, at + '.real'); renameSync(at + '.link', at);
    renameSync(at, at + '.link'); renameSync(at + '.real', at);`;
  // Each stands there for as long as a file takes to be written.
  const FILE = `writeFileSync(at + '.real', 'of the inside'); renameSync(at + '.real', at);
    writeFileSync(at + '.pause', ''); symlinkSync(target, at + '.link'); renameSync(at + '.link', at);`;

  /** A process puts a link in the place of `/swapped` and takes it away again, as fast as it can, while `work` runs. */
  async function whileSwapped(swap: string, target: string, work: () => Promise<void>): Promise<void> {
    const at = join(tree.root, 'swapped');
    const script = `const { renameSync, symlinkSync, writeFileSync } = require('node:fs');
      const [, at, target] = process.argv;
      process.stdout.write('on');
      for (;;) { ${swap} }`;
    const argv = ['-e', script, at, target];
    const racer = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(racer.stdout, 'data');
    try {
      await work();
      expect(racer.exitCode).toBeNull();
    } finally {
      racer.kill('SIGKILL');
      if (racer.exitCode === null && racer.signalCode === null) await once(racer, 'exit');
    }
  }

  /** Calls until each of the outcomes was seen; the race itself was if more than one was. */
  async function seeAll(outcomes: readonly string[], call: () => Promise<Value>): Promise<void> {
    const seen = new Set<string>();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const result = await outcome(call());
      const what = typeof result === 'string' ? result : ((result as { text?: string }).text ?? 'done');
      expect(outcomes).toContain(what);
      seen.add(what);
      if (round >= MIN_ROUNDS && seen.size === outcomes.length) return;
    }
    expect(seen.size).toBeGreaterThan(1);
  }

  const swapFolder = (work: () => Promise<void>): Promise<void> => {
    mkdirSync(join(tree.root, 'swapped'));
    writeFileSync(join(tree.root, 'swapped/secret.txt'), 'of the inside');
    symlinkSync(tree.outside, join(tree.root, 'swapped.link'));
    return whileSwapped(FOLDER, tree.outside, work);
  };
  const swapFile = (work: () => Promise<void>): Promise<void> => {
    writeFileSync(join(tree.root, 'swapped'), 'of the inside');
    return whileSwapped(FILE, join(tree.outside, 'secret.txt'), work);
  };

  it('never reads through a folder that becomes a link, and closes what it held', async () => {
    const before = openDescriptors();
    await swapFolder(() =>
      seeAll(['of the inside', 'PathRefused', 'FileNotFound'], () =>
        fs.call('fs', 'read', { path: '/swapped/secret.txt' }),
      ),
    );
    expect(openDescriptors()).toBe(before);
  });

  it('never reads a file that becomes a link', () =>
    swapFile(() =>
      seeAll(['of the inside', 'PathRefused'], () => fs.call('fs', 'read', { path: '/swapped' })),
    ));

  it.each([
    ['writes', 'write', { path: '/swapped/secret.txt', text: 'changed' }],
    ['writes anew', 'write', { path: '/swapped/new', text: 'changed', create: 'replace' }],
    ['makes', 'mkdir', { path: '/swapped/made' }],
    ['deletes', 'delete', { path: '/swapped/secret.txt' }],
  ])('never %s through a folder that becomes a link', async (_, op, input) => {
    await swapFolder(() => seeAll(['done', 'PathRefused', 'FileNotFound'], () => fs.call('fs', op, input)));
  });

  it('never renames to or from a folder that becomes a link', async () => {
    const there = { path: '/corp/a.txt', to: '/swapped/secret.txt' };
    const back = { path: '/swapped/secret.txt', to: '/corp/a.txt' };
    let turn = 0;
    await swapFolder(() =>
      seeAll(['done', 'PathRefused', 'FileNotFound'], () =>
        fs.call('fs', 'rename', turn++ % 2 === 0 ? there : back),
      ),
    );
  });

  it('never writes to what a file becomes a link to', () =>
    swapFile(() =>
      seeAll(['done', 'PathRefused'], () =>
        fs.call('fs', 'write', { path: '/swapped', text: 'of the inside' }),
      ),
    ));
});
