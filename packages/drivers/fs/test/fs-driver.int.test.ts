import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StandInCalls } from '@tksm/drivers-memory';
import { blobBytes, makeTree, openDescriptors, OUTSIDE, outcome, unprivileged } from './tree.ts';
import type { TestTree } from './tree.ts';

let tree: TestTree;
let fs: StandInCalls;
beforeEach(() => {
  tree = makeTree();
  fs = tree.open();
});
afterEach(() => tree.remove());

const inRoot = (path: string): string => join(tree.root, path);

describe('fs.read', () => {
  it('gives text as text, and says whose right it needs', async () => {
    expect(await fs.call('fs', 'read', { path: '/corp/a.txt' })).toEqual({
      size: 5,
      fileSize: 5,
      text: 'hello',
    });
    expect(fs.asked).toEqual([{ action: 'fs.read', resource: '/corp/a.txt', path: '/corp/a.txt' }]);
  });

  it('gives what is no text, or not wanted as text, as bytes', async () => {
    writeFileSync(inRoot('raw'), Buffer.from([0xff, 0x00]));
    expect(await fs.call('fs', 'read', { path: '/raw' })).toMatchObject({ bytes: Uint8Array.of(0xff, 0) });
    const hello = new Uint8Array(Buffer.from('hello'));
    expect(await fs.call('fs', 'read', { path: '/corp/a.txt', as: 'bytes' })).toMatchObject({ bytes: hello });
  });

  it.each([
    [{ offset: 1, length: 3 }, 'ell'],
    [{ offset: 3 }, 'lo'],
    [{ length: 0 }, ''],
    [{ offset: 3, length: 99 }, 'lo'],
    [{ offset: 99 }, ''],
  ])('gives the part %j', async (part, text) => {
    const found = await fs.call('fs', 'read', { path: '/corp/a.txt', ...part });
    expect(found).toEqual({ size: text.length, fileSize: 5, text });
  });

  it.each([60_000, 61_441, 65_536, 300_001])(
    'gives all of %i bytes, in a blob when they are many',
    async (size) => {
      const bytes = Buffer.alloc(size, 'TKSM.');
      writeFileSync(inRoot('large'), bytes);
      const found = await fs.call('fs', 'read', { path: '/large' });
      expect(found).toMatchObject({ size, fileSize: size });
      const text = (found as { text?: string }).text;
      expect(text === undefined).toBe(size > 61_440);
      expect((text === undefined ? await blobBytes(fs, found) : Buffer.from(text)).equals(bytes)).toBe(true);
    },
  );

  it('puts a text into a blob whose escapes are too long for an output', async () => {
    writeFileSync(inRoot('escapes'), Buffer.alloc(50_000, '\u0001'));
    const found = await fs.call('fs', 'read', { path: '/escapes' });
    expect((await blobBytes(fs, found)).length).toBe(50_000);
  });

  it('refuses more than its bound, and gives a part of that file', async () => {
    fs = tree.open({ maxBytes: 4 });
    expect(await outcome(fs.call('fs', 'read', { path: '/corp/a.txt' }))).toBe('PayloadTooLarge');
    expect(await fs.call('fs', 'read', { path: '/corp/a.txt', offset: 1 })).toMatchObject({ text: 'ello' });
  });

  it('stops when it is aborted', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    fs = tree.open({}, { signal: controller.signal });
    await expect(fs.call('fs', 'read', { path: '/corp/a.txt' })).rejects.toThrow('enough');
  });
});

describe('fs.write', () => {
  it('writes text, bytes and blobs, and says whether the file is new', async () => {
    expect(await fs.call('fs', 'write', { path: '/corp/new', text: 'né' })).toEqual({
      size: 3,
      created: true,
    });
    expect(await fs.call('fs', 'write', { path: '/corp/new', bytes: Uint8Array.of(1, 2) })).toEqual({
      size: 2,
      created: false,
    });
    const blob = await fs.blobs.write([Buffer.alloc(200_000, 'x')]);
    await fs.call('fs', 'write', { path: '/corp/new', blob });
    expect(readFileSync(inRoot('corp/new')).equals(Buffer.alloc(200_000, 'x'))).toBe(true);
    expect(fs.asked.every(({ action, path }) => action === 'fs.write' && path === '/corp/new')).toBe(true);
  });

  it('leaves an old file alone that is not to be replaced', async () => {
    const path = '/corp/a.txt';
    expect(await outcome(fs.call('fs', 'write', { path, text: 'x', create: 'new' }))).toBe(
      'PreconditionFailed',
    );
    expect(readFileSync(inRoot('corp/a.txt'), 'utf8')).toBe('hello');
    await fs.call('fs', 'write', { path: '/corp/other', text: 'x', create: 'new' });
    expect(lstatSync(inRoot('corp/other')).nlink).toBe(1);
  });

  it('leaves neither the file nor a draft behind when it fails', async () => {
    fs = tree.open({ maxBytes: 4 });
    const missing = { hash: '0'.repeat(64), size: 1 };
    expect(await outcome(fs.call('fs', 'write', { path: '/corp/deep/c', text: 'hello' }))).toBe(
      'PayloadTooLarge',
    );
    expect(await outcome(fs.call('fs', 'write', { path: '/corp/deep/c', blob: missing }))).toBe(
      'BlobNotFound',
    );
    expect(readdirSync(inRoot('corp/deep'))).toEqual(['b.txt']);
  });

  it.each([{}, { text: 'a', bytes: new Uint8Array() }, { text: 1 }, { text: 'a', mode: 0o777 }])(
    'refuses the input %j',
    async (content) => {
      expect(await outcome(fs.call('fs', 'write', { path: '/corp/x', ...content }))).toBe('InvalidInput');
    },
  );
});

describe('fs.list', () => {
  const pagesOf = async (input: object): Promise<string[][]> => {
    const pages: string[][] = [];
    let more: { after?: string } = {};
    do {
      const page = await fs.call('fs', 'list', { ...input, ...more });
      const { entries, after } = page as unknown as { entries: { name: string }[]; after?: string };
      pages.push(entries.map(({ name }) => name));
      more = after === undefined ? {} : { after };
    } while (more.after !== undefined);
    return pages;
  };

  it('gives every entry once, in order, page by page', async () => {
    mkdirSync(inRoot('many'));
    const names = Array.from(
      { length: 100 },
      (_, index) => `f${String((index * 37) % 100).padStart(2, '0')}`,
    );
    for (const name of names) writeFileSync(inRoot(`many/${name}`), name);
    const pages = await pagesOf({ path: '/many', limit: 7 });
    expect(pages.map(({ length }) => length)).toEqual([...Array<number>(14).fill(7), 2]);
    expect(pages.flat()).toEqual([...names].sort());
    expect(await pagesOf({ path: '/many', limit: 100 })).toEqual([[...names].sort()]);
  });

  it('tells types apart, and counts names that no path can say', async () => {
    writeFileSync(Buffer.concat([Buffer.from(inRoot('bad-')), Buffer.from([0xff])]), '');
    for (const name of ['back\\slash', 'new\nline', 'e\u0301', 'star*']) writeFileSync(inRoot(name), '');
    expect(await fs.call('fs', 'list', { path: '/' })).toEqual({
      entries: [
        { name: 'corp', type: 'folder', size: expect.any(Number) },
        { name: 'dangling', type: 'link', size: 7 },
        { name: 'pipe', type: 'other', size: 0 },
        { name: 'to-file', type: 'link', size: expect.any(Number) },
        { name: 'to-folder', type: 'link', size: expect.any(Number) },
        { name: 'within', type: 'link', size: 4 },
      ],
      unnamed: 5,
    });
  });

  it('ends a page whose names are too long for an output', async () => {
    mkdirSync(inRoot('long'));
    for (let index = 0; index < 400; index++)
      writeFileSync(inRoot(`long/${String(index).padStart(250, 'n')}`), '');
    const pages = await pagesOf({ path: '/long' });
    expect(pages.length).toBe(3);
    expect(new Set(pages.flat()).size).toBe(400);
  });

  it('refuses a file', async () => {
    expect(await outcome(fs.call('fs', 'list', { path: '/corp/a.txt' }))).toBe('InvalidOperation');
  });
});

describe('fs.stat, fs.mkdir and fs.delete', () => {
  it('tells what is there', async () => {
    expect(await fs.call('fs', 'stat', { path: '/corp/a.txt' })).toEqual({
      type: 'file',
      size: 5,
      modifiedAt: Math.floor(lstatSync(inRoot('corp/a.txt')).mtimeMs),
    });
    expect(await fs.call('fs', 'stat', { path: '/to-file' })).toMatchObject({ type: 'link' });
    expect(await fs.call('fs', 'stat', { path: '/' })).toMatchObject({ type: 'folder' });
  });

  it('makes a folder once', async () => {
    expect(await fs.call('fs', 'mkdir', { path: '/corp/new' })).toEqual({ created: true });
    expect(await fs.call('fs', 'mkdir', { path: '/corp/new' })).toEqual({ created: false });
    expect(await outcome(fs.call('fs', 'mkdir', { path: '/corp/a.txt' }))).toBe('InvalidOperation');
    expect(await outcome(fs.call('fs', 'mkdir', { path: '/to-folder' }))).toBe('PathRefused');
    expect(await outcome(fs.call('fs', 'mkdir', { path: '/none/new' }))).toBe('FileNotFound');
  });

  it('deletes a file, a link and an empty folder, once', async () => {
    for (const path of ['/corp/deep/b.txt', '/corp/deep', '/to-file', '/to-folder']) {
      expect(await fs.call('fs', 'delete', { path })).toEqual({ deleted: true });
      expect(await fs.call('fs', 'delete', { path })).toEqual({ deleted: false });
      expect(existsSync(inRoot(path))).toBe(false);
    }
    expect(readFileSync(join(tree.outside, 'secret.txt'), 'utf8')).toBe(OUTSIDE);
    expect(await outcome(fs.call('fs', 'delete', { path: '/corp' }))).toBe('InvalidOperation');
    expect(await outcome(fs.call('fs', 'delete', { path: '/pipe' }))).toBe('PathRefused');
    expect(await outcome(fs.call('fs', 'delete', { path: '/' }))).toBe('InvalidOperation');
  });
});

describe('the driver fs', () => {
  it.each([
    ['/none', 'FileNotFound'],
    ['/corp/a.txt/below', 'FileNotFound'],
    ['/corp', 'InvalidOperation'],
    [`/${'a'.repeat(300)}`, 'InvalidInput'],
  ])('reads nothing at %s: %s', async (path, code) => {
    expect(await outcome(fs.call('fs', 'read', { path }))).toBe(code);
  });

  it('does nothing that the user of the process may not', async () => {
    chmodSync(inRoot('corp/a.txt'), 0o000);
    chmodSync(tree.root, 0o755);
    chmodSync(join(tree.root, '..'), 0o755);
    await unprivileged(async () => {
      expect(await outcome(fs.call('fs', 'read', { path: '/corp/a.txt' }))).toBe('FileUnreadable');
      expect(await outcome(fs.call('fs', 'write', { path: '/corp/new', text: '' }))).toBe('FileUnreadable');
      expect(await outcome(fs.call('fs', 'delete', { path: '/corp/a.txt' }))).toBe('FileUnreadable');
    });
    expect(readdirSync(inRoot('corp')).sort()).toEqual(['a.txt', 'deep']);
  });

  it('asks before it does anything', async () => {
    fs = tree.open({}, { allows: ({ resource }) => resource !== '/corp/new' });
    expect(await outcome(fs.call('fs', 'write', { path: '/corp/new', text: '' }))).toBe('CapabilityDenied');
    expect(await outcome(fs.call('fs', 'rename', { path: '/corp/a.txt', to: '/corp/new' }))).toBe(
      'CapabilityDenied',
    );
    expect(readdirSync(inRoot('corp')).sort()).toEqual(['a.txt', 'deep']);
  });

  it.each([
    ['write', { path: '/corp/new', text: '' }],
    ['mkdir', { path: '/corp/new' }],
    ['delete', { path: '/corp/a.txt' }],
    ['rename', { path: '/corp/a.txt', to: '/corp/new' }],
    ['rename', { path: '/corp/a.txt', to: '/corp/new', create: 'new' }],
  ])('changes nothing once it is aborted: %s %j', async (op, input) => {
    const controller = new AbortController();
    controller.abort(new Error('revoked'));
    fs = tree.open({}, { signal: controller.signal });
    await expect(fs.call('fs', op, input)).rejects.toThrow('revoked');
    expect(readdirSync(inRoot('corp')).sort()).toEqual(['a.txt', 'deep']);
  });

  it('says on another system than Linux that it cannot', async () => {
    fs = tree.open({ platform: 'darwin' });
    expect(await outcome(fs.call('fs', 'read', { path: '/corp/a.txt' }))).toBe('UnsupportedOperation');
  });

  it('tells nothing of the path of its root', async () => {
    for (const [op, more] of [
      ['read', {}],
      ['write', { text: '' }],
      ['list', {}],
      ['mkdir', {}],
    ] as const) {
      const error: unknown = await fs
        .call('fs', op, { path: '/none/a', ...more })
        .catch((one: unknown) => one);
      expect(JSON.stringify(error)).toContain('/none/a');
      expect(JSON.stringify(error) + String((error as Error).cause)).not.toMatch(/proc|tksm-fs-/);
    }
  });

  it('closes everything, whatever comes of a call', async () => {
    writeFileSync(inRoot('large'), Buffer.alloc(200_000));
    linkSync(inRoot('corp/a.txt'), inRoot('second'));
    fs = tree.open({ refused: [inRoot('corp/deep')], maxBytes: 300_000 });
    const before = openDescriptors();
    const paths = [
      '/corp/a.txt',
      '/large',
      '/none',
      '/corp/deep/b.txt',
      '/within/a.txt',
      '/to-file',
      '/pipe',
      '/',
      '/corp/n',
    ];
    for (const path of paths) {
      for (const op of ['read', 'list', 'stat', 'mkdir']) await outcome(fs.call('fs', op, { path }));
      await outcome(fs.call('fs', 'write', { path, text: 'x' }));
      await outcome(fs.call('fs', 'write', { path, blob: { hash: '0'.repeat(64), size: 1 } }));
      await outcome(fs.call('fs', 'rename', { path, to: `${path}2` }));
      await outcome(fs.call('fs', 'delete', { path: `${path}2` }));
    }
    expect(openDescriptors()).toBe(before);
  });
});
