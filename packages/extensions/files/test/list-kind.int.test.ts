import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromStored } from '@tksm/abstractions';
import type { StoredValue } from '@tksm/abstractions';
import { walkFolder } from '../src/folder-walk.ts';
import { listKind } from '../src/list-kind.ts';
import type { ListInput, ListOutput } from '../src/list-kind.ts';
import { pathBytes } from '../src/path-value.ts';
import type { PathValue } from '../src/path-value.ts';
import { memoryBlobs, taskContext } from './task-context.ts';
import { addSpecialFiles, AWKWARD_NAMES, codeOf, makeTree, removeTree, unprivileged } from './tree.ts';

const kind = listKind(process.env);
let root: string;
beforeEach(() => {
  root = makeTree();
});
afterEach(() => removeTree(root));

async function list(input: ListInput): Promise<{ readonly paths: Buffer[]; readonly output: ListOutput }> {
  const blobs = memoryBlobs();
  const output = await kind.run(input, taskContext({ blobs }));
  const lines = blobs.text(output.files).split('\n').slice(0, -1);
  const paths = lines.map((line) => pathBytes(fromStored(JSON.parse(line) as StoredValue) as PathValue));
  return { paths, output };
}

const inBytes = (paths: readonly Buffer[]): Buffer[] => paths.toSorted((a, b) => a.compare(b));
const names = (...paths: readonly string[]): Buffer[] => paths.map((path) => Buffer.from(path));

function git(...args: readonly string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main'];
  execFileSync('git', [...identity, ...args], { cwd: root, stdio: 'ignore' });
}

describe('files.list', () => {
  it('lists regular files alone, in the order of their bytes', async () => {
    addSpecialFiles(root);
    const { paths, output } = await list({ root });
    expect(paths).toEqual(inBytes(AWKWARD_NAMES));
    const bytes = AWKWARD_NAMES.reduce((sum, { length }) => sum + length, 0);
    expect(output).toMatchObject({ root, count: AWKWARD_NAMES.length, bytes });
  });

  it('takes a root in bytes, and one that is a link', async () => {
    expect((await list({ root: Buffer.from(root) })).output.count).toBe(AWKWARD_NAMES.length);
    symlinkSync('a', join(root, 'link'));
    expect((await list({ root: join(root, 'link') })).paths).toEqual(names('b/deep.txt'));
  });

  it('lists an empty folder as no lines', async () => {
    const empty = makeTree([]);
    const { paths, output } = await list({ root: empty });
    removeTree(empty);
    expect(paths).toEqual([]);
    expect(output).toMatchObject({ count: 0, bytes: 0, files: { size: 0 } });
  });

  it('lists what git tracks and other folders besides, each file once', async () => {
    addSpecialFiles(root);
    git('init');
    git('add', '-A');
    rmSync(join(root, 'a0'));
    writeFileSync(join(root, 'untracked'), '');
    const selection = { root, select: 'tracked' as const, also: ['a', 'link-to-folder'] };
    const { paths, output } = await list({ root: null, otherwise: selection });
    const expected = [...AWKWARD_NAMES, ...names('link-to-folder/b/deep.txt')];
    expect(paths).toEqual(inBytes(expected).filter((path) => path.toString() !== 'a0'));
    expect(output.root).toBe(root);
  });

  it('lists all when told so', async () => {
    const { output } = await list({ root: null, otherwise: { root, select: 'all' } });
    expect(output.count).toBe(AWKWARD_NAMES.length);
  });

  it('skips a folder that vanishes meanwhile', async () => {
    const vanished: string[] = [];
    const walk = walkFolder(Buffer.from(root), (path) => void vanished.push(path.toString()));
    const first = await walk.next();
    expect(String(first.value)).toBe('*');
    rmSync(join(root, 'a'), { recursive: true });
    const rest: string[] = [];
    for await (const path of walk) rest.push(path.toString());
    expect(rest).not.toContain('a/b/deep.txt');
    expect(vanished).toEqual([join(root, 'a')]);
  });

  it('logs a file that git tracks and that is gone', async () => {
    git('init');
    git('add', '-A');
    rmSync(join(root, 'a0'));
    const lines: unknown[] = [];
    const log = {
      log: (...line: unknown[]) => void lines.push(line),
      child: () => log,
    };
    await kind.run({ root: null, otherwise: { root, select: 'tracked' } }, taskContext({ log }));
    expect(lines).toEqual([['warn', 'a file vanished while it was listed', { path: join(root, 'a0') }]]);
  });

  it('stops on abort with its reason', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await expect(kind.run({ root }, taskContext({ signal: controller.signal }))).rejects.toThrow('enough');
  });

  it('fails for a folder it may not read', async () => {
    chmodSync(root, 0o755);
    chmodSync(join(root, 'a'), 0o000);
    expect(await unprivileged(() => codeOf(list({ root })))).toBe('FileUnreadable');
  });

  it.each([
    ['FileNotFound', () => ({ root: join(root, 'nowhere') })],
    ['FileNotFound', () => ({ root: join(root, 'a.txt') })],
    [
      'FileNotFound',
      () => ({ root: null, otherwise: { root: join(root, 'nowhere'), select: 'tracked' as const } }),
    ],
    ['ProcessRejected', () => ({ root: null, otherwise: { root, select: 'tracked' as const } })],
    [
      'InvalidInput',
      () => ({ root: null, otherwise: { root: Buffer.from([47, 255]), select: 'tracked' as const } }),
    ],
  ])('fails with %s', async (code, input: () => ListInput) => {
    expect(await codeOf(list(input()))).toBe(code);
  });

  it('fails with ProcessNotStarted where git is missing', async () => {
    const input: ListInput = { root: null, otherwise: { root, select: 'tracked' } };
    expect(await codeOf(Promise.resolve(listKind({ PATH: '/nowhere' }).run(input, taskContext())))).toBe(
      'ProcessNotStarted',
    );
  });

  it.each([
    {},
    { root: null },
    { root: '' },
    { root: 'a\0b' },
    { root: null, otherwise: { root: '/', select: 'some' } },
    { root: null, otherwise: { root: '/', select: 'all', also: ['../x'] } },
    { root: null, otherwise: { root: '/', select: 'all', also: ['/etc'] } },
  ])('refuses the input %j', async (input) => {
    expect((await kind.input?.['~standard'].validate(input))?.issues).toBeDefined();
  });
});
