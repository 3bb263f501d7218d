import { existsSync, linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StandInCalls } from '@tksm/drivers-memory';
import { makeTree, outcome } from './tree.ts';
import type { TestTree } from './tree.ts';

const ROUNDS = 40;

let tree: TestTree;
let fs: StandInCalls;
beforeEach(() => {
  tree = makeTree();
  fs = tree.open();
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

  it.each(['new', 'replace'])('loses no write that is under way at its old name: %s', async (create) => {
    for (let round = 0; round < ROUNDS; round++) {
      writeFileSync(inRoot('old'), 'first');
      const [to, text] = [`to-${round}`, `second-${round}`];
      await Promise.all([
        outcome(fs.call('fs', 'rename', { path: '/old', to: `/${to}`, create })),
        fs.call('fs', 'write', { path: '/old', text }),
      ]);
      expect([textOf('old'), textOf(to)]).toContain(text);
    }
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
