import { existsSync, linkSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StandInCalls } from '@tksm/drivers-memory';
import { makeTree, outcome } from './tree.ts';
import type { TestTree } from './tree.ts';

const ROUNDS = 40;

const nothing = async (): Promise<void> => undefined;
/** Where tests step in between two acts of the driver. */
const steps = vi.hoisted(() => ({
  afterLink: async (): Promise<void> => undefined,
  beforeUnlink: async (_path: string): Promise<void> => undefined,
}));
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  return {
    ...real,
    link: async (from: string, to: string) => real.link(from, to).then(() => steps.afterLink()),
    unlink: async (path: string) => steps.beforeUnlink(path).then(() => real.unlink(path)),
  };
});

let tree: TestTree;
let fs: StandInCalls;
beforeEach(() => {
  tree = makeTree();
  fs = tree.open();
  Object.assign(steps, { afterLink: nothing, beforeUnlink: nothing });
});
afterEach(() => tree.remove());

const inRoot = (path: string): string => join(tree.root, path);
const textOf = (path: string): string | undefined =>
  existsSync(inRoot(path)) ? readFileSync(inRoot(path), 'utf8') : undefined;

describe('fs.rename', () => {
  it('moves a file, or replaces another', async () => {
    const names = { path: '/corp/a.txt', to: '/corp/deep/b.txt' };
    expect(await outcome(fs.call('fs', 'rename', { ...names, create: 'new' }))).toBe('PreconditionFailed');
    expect(await fs.call('fs', 'rename', names)).toEqual({ replaced: true });
    expect(textOf('corp/deep/b.txt')).toBe('hello');
    const back = { path: '/corp/deep/b.txt', to: '/corp/a.txt', create: 'new' };
    expect(await fs.call('fs', 'rename', back)).toEqual({ replaced: false });
    expect(readdirSync(inRoot('corp/deep'))).toEqual([]);
    expect(await outcome(fs.call('fs', 'rename', back))).toBe('FileNotFound');
    expect(await outcome(fs.call('fs', 'rename', { path: '/corp/deep', to: '/deep' }))).toBe(
      'InvalidOperation',
    );
  });

  it.each(['fs.read:/corp/a.txt', 'fs.delete:/corp/a.txt', 'fs.write:/corp/b.txt'])(
    'gives nothing that other rights withhold: %s',
    async (right) => {
      fs = tree.open({}, { allows: ({ action, resource }) => `${action}:${resource}` !== right });
      const names = { path: '/corp/a.txt', to: '/corp/b.txt' };
      expect(await outcome(fs.call('fs', 'rename', names))).toBe('CapabilityDenied');
      expect(fs.asked.every(({ path, resource }) => path === resource)).toBe(true);
      expect(readdirSync(inRoot('corp')).sort()).toEqual(['a.txt', 'deep']);
    },
  );

  it('leaves one name of two for the same file', async () => {
    linkSync(inRoot('corp/a.txt'), inRoot('corp/b.txt'));
    const names = { path: '/corp/a.txt', to: '/corp/b.txt' };
    expect(await outcome(fs.call('fs', 'rename', { ...names, create: 'new' }))).toBe('PreconditionFailed');
    expect(await fs.call('fs', 'rename', names)).toEqual({ replaced: true });
    expect(readdirSync(inRoot('corp')).sort()).toEqual(['b.txt', 'deep']);
  });

  it('leaves a file whose new name is the old one', async () => {
    linkSync(inRoot('corp/a.txt'), inRoot('corp/b.txt'));
    const names = { path: '/corp/a.txt', to: '/corp/a.txt' };
    expect(await fs.call('fs', 'rename', names)).toEqual({ replaced: true });
    expect(await outcome(fs.call('fs', 'rename', { ...names, create: 'new' }))).toBe('PreconditionFailed');
    expect(readdirSync(inRoot('corp')).sort()).toEqual(['a.txt', 'b.txt', 'deep']);
  });

  it('loses no write that comes while it gives up the old name', async () => {
    let written: Promise<unknown> = Promise.resolve();
    steps.beforeUnlink = async (path) => {
      if (!path.endsWith('/a.txt')) return;
      steps.beforeUnlink = nothing;
      written = fs.call('fs', 'write', { path: '/corp/a.txt', text: 'second' });
      // More than the write needs, which would be done by then were it not for its turn.
      for (let look = 0; look < 200; look++) await fs.call('fs', 'stat', { path: '/corp' });
    };
    await fs.call('fs', 'rename', { path: '/corp/a.txt', to: '/corp/b.txt', create: 'new' });
    await written;
    expect([textOf('corp/a.txt'), textOf('corp/b.txt')]).toEqual(['second', 'hello']);
  });

  it('leaves what another process put in the place of the old name', async () => {
    steps.afterLink = async () => {
      writeFileSync(inRoot('corp/theirs'), 'theirs');
      renameSync(inRoot('corp/theirs'), inRoot('corp/a.txt'));
    };
    await fs.call('fs', 'rename', { path: '/corp/a.txt', to: '/corp/b.txt', create: 'new' });
    expect([textOf('corp/a.txt'), textOf('corp/b.txt')]).toEqual(['theirs', 'hello']);
  });

  it('moves no folder that comes in the place of its file', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [path, to] = [`/old-${round}`, `/to-${round}`];
      await fs.call('fs', 'write', { path, text: '' });
      await Promise.all([
        outcome(fs.call('fs', 'rename', { path, to })),
        outcome(fs.call('fs', 'delete', { path })).then(() => outcome(fs.call('fs', 'mkdir', { path }))),
      ]);
      expect(await outcome(fs.call('fs', 'stat', { path: to }))).not.toMatchObject({ type: 'folder' });
    }
  });
});
