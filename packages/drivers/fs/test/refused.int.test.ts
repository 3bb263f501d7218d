import { linkSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '@tksm/drivers-memory';
import type { StandInCalls } from '@tksm/drivers-memory';
import { fsDriver } from '../src/fs-driver.ts';
import { makeTree, openDescriptors, outcome } from './tree.ts';
import type { TestTree } from './tree.ts';

let tree: TestTree;
let fs: StandInCalls;
beforeEach(() => {
  tree = makeTree();
});
afterEach(() => tree.remove());

describe('an attack on what is kept from jobs', () => {
  const kept = ['/corp/deep', '/corp/deep/b.txt', '/corp/deep/new/newer'];

  it.each(kept)('is refused: %s', async (path) => {
    fs = tree.open({ refused: [join(tree.root, 'corp/deep')] });
    for (const op of ['read', 'list', 'stat', 'mkdir', 'delete']) {
      expect(await outcome(fs.call('fs', op, { path }))).toBe('PathRefused');
    }
    expect(await outcome(fs.call('fs', 'write', { path, text: '' }))).toBe('PathRefused');
    expect(await outcome(fs.call('fs', 'rename', { path, to: '/c' }))).toBe('PathRefused');
    expect(await outcome(fs.call('fs', 'rename', { path: '/corp/a.txt', to: path }))).toBe('PathRefused');
  });

  it('is refused by any way to it, and whatever its name in the options leads through', async () => {
    symlinkSync(join(tree.root, 'corp'), join(tree.root, 'other'));
    fs = tree.open({ refused: [join(tree.root, 'other/deep'), join(tree.root, 'not-there-yet')] });
    expect(await outcome(fs.call('fs', 'read', { path: '/corp/deep/b.txt' }))).toBe('PathRefused');
    expect(await outcome(fs.call('fs', 'stat', { path: '/corp/a.txt' }))).toMatchObject({ size: 5 });
    mkdirSync(join(tree.root, 'not-there-yet'));
    expect(await outcome(fs.call('fs', 'mkdir', { path: '/not-there-yet/a' }))).toBe('PathRefused');
  });

  it('is refused when it is one file', async () => {
    fs = tree.open({ refused: [join(tree.root, 'corp/a.txt')] });
    expect(await outcome(fs.call('fs', 'read', { path: '/corp/a.txt' }))).toBe('PathRefused');
    expect(await outcome(fs.call('fs', 'write', { path: '/corp/a.txt', text: '' }))).toBe('PathRefused');
  });

  it('is no root, nor is anything in it, whatever the way that the options name', () => {
    const [corp, link] = [join(tree.root, 'corp'), join(tree.root, 'within')];
    for (const [root, refused] of [
      [corp, corp],
      [join(corp, 'deep'), corp],
      [join(corp, 'deep'), link],
      [join(link, 'deep'), corp],
      [join(tree.root, 'none/yet/root'), join(tree.root, 'none/yet')],
    ] as const) {
      expect(() => tree.open({ root, refused: [refused] })).toThrow('kept from jobs');
    }
    // A link that leads to what is refused refuses nothing beside it.
    tree.open({ root: corp, refused: [join(link, 'deep')] });
  });

  it('stays refused when a job tries to take away the link that its name leads through', async () => {
    symlinkSync('corp', join(tree.root, 'other'));
    fs = tree.open({ refused: [join(tree.root, 'other/deep')] });
    expect(await outcome(fs.call('fs', 'delete', { path: '/other' }))).toBe('PathRefused');
    expect(await outcome(fs.call('fs', 'rename', { path: '/corp/a.txt', to: '/other' }))).toBe('PathRefused');
    rmSync(join(tree.root, 'other'));
    expect(await outcome(fs.call('fs', 'read', { path: '/corp/deep/b.txt' }))).toBe('PathRefused');
  });

  it('is not made by a job where it is not there yet, however it tries', async () => {
    fs = tree.open({ refused: [join(tree.root, 'policy.json'), join(tree.root, 'corp/data/keys')] });
    for (const path of ['/policy.json', '/corp/data', '/corp/data/keys']) {
      expect(await outcome(fs.call('fs', 'write', { path, text: '{}' }))).toBe('PathRefused');
      expect(await outcome(fs.call('fs', 'write', { path, text: '{}', create: 'new' }))).toBe('PathRefused');
      expect(await outcome(fs.call('fs', 'rename', { path: '/corp/a.txt', to: path }))).toBe('PathRefused');
      expect(await outcome(fs.call('fs', 'mkdir', { path }))).toBe('PathRefused');
      expect(await outcome(fs.call('fs', 'delete', { path }))).toBe('PathRefused');
    }
    expect(readdirSync(join(tree.root, 'corp')).sort()).toEqual(['a.txt', 'deep']);
  });

  it('has no folder on its way that a job can put another in place of', async () => {
    mkdirSync(join(tree.root, 'way'));
    fs = tree.open({ refused: [join(tree.root, 'way/data')] });
    expect(await outcome(fs.call('fs', 'delete', { path: '/way' }))).toBe('PathRefused');
    await fs.call('fs', 'write', { path: '/way/beside', text: '' });
  });

  it('stays refused by its name when the host replaces it, and as itself when the host moves it', async () => {
    const [policy, data] = [join(tree.root, 'policy.json'), join(tree.root, 'data')];
    writeFileSync(policy, '1');
    fs = tree.open({ refused: [policy, data] });
    writeFileSync(`${policy}.new`, '2');
    renameSync(`${policy}.new`, policy);
    expect(await outcome(fs.call('fs', 'write', { path: '/policy.json', text: '3' }))).toBe('PathRefused');
    mkdirSync(data);
    expect(await outcome(fs.call('fs', 'list', { path: '/data' }))).toBe('PathRefused');
    renameSync(data, `${data}.old`);
    expect(await outcome(fs.call('fs', 'list', { path: '/data.old' }))).toBe('PathRefused');
  });

  it('is not taken for a new file, which may get the inode of one that the host replaced', async () => {
    const policy = join(tree.root, 'policy.json');
    writeFileSync(policy, '');
    fs = tree.open({ refused: [policy] });
    for (let round = 0; round < 5; round++) {
      writeFileSync(`${policy}.new`, '');
      renameSync(`${policy}.new`, policy);
      const path = `/corp/${round}`;
      await fs.call('fs', 'write', { path, text: path });
      expect(await fs.call('fs', 'read', { path })).toMatchObject({ text: path });
    }
  });

  it('is held until the driver is closed, which may be more than once', async () => {
    const before = openDescriptors();
    const refused = ['corp/a.txt', 'within/deep', 'none'].map((path) => join(tree.root, path));
    const driver = fsDriver({ random: seededRandom(0), root: tree.root, refused });
    expect(openDescriptors()).toBe(before + 3);
    await driver.close?.();
    await driver.close?.();
    expect(openDescriptors()).toBe(before);
  });

  it('is in no list', async () => {
    symlinkSync('corp', join(tree.root, 'other'));
    linkSync(join(tree.root, 'corp/a.txt'), join(tree.root, 'corp/second'));
    fs = tree.open({ refused: ['other/deep', 'corp/a.txt'].map((path) => join(tree.root, path)) });
    expect(await fs.call('fs', 'list', { path: '/corp' })).toEqual({ entries: [], unnamed: 0 });
    const { entries } = (await fs.call('fs', 'list', { path: '/' })) as unknown as {
      entries: { name: string }[];
    };
    expect(entries.map(({ name }) => name)).not.toContain('other');
  });
});
