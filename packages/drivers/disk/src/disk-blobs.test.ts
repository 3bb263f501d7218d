import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeBlobStore } from '@tksm/conformance';
import { isKernelError } from '@tksm/abstractions';
import type { Hash } from '@tksm/abstractions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskBlobs } from './disk-blobs.ts';
import { nodeFileSystem } from './file-system.ts';
import type { FileSystem } from './file-system.ts';
import { openDiskBlobs } from './open-disk-blobs.ts';

const makeFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'tksm-disk-'));
const removeFolder = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true });
const fileOf = (dir: string, name: Hash): string => path.join(dir, 'blobs', name.slice(0, 2), name.slice(2));
const leftoversIn = (dir: string): Promise<string[]> =>
  readdir(path.join(dir, 'blobs', 'tmp')).catch(() => []);

async function flipBit(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  const at = Math.floor((await handle.stat()).size / 2);
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
  await handle.write(Buffer.of(buffer.readUInt8(0) ^ 1), 0, 1, at);
  await handle.close();
}

describeBlobStore({
  name: 'disk',
  capabilities: { reopen: true, corrupt: true, leftovers: true },
  async create() {
    const dir = await makeFolder();
    return {
      store: openDiskBlobs({ dir }),
      destroy: () => removeFolder(dir),
      reopen: async () => openDiskBlobs({ dir }),
      corrupt: (name) => flipBit(fileOf(dir, name)),
      leftovers: () => leftoversIn(dir),
    };
  },
});

describe('openDiskBlobs', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await makeFolder();
  });
  afterEach(() => removeFolder(dir));

  it('touches nothing until it writes', async () => {
    const blobs = openDiskBlobs({ dir });
    for await (const ref of blobs.list()) expect(ref).toBe('none');
    await blobs.close();
    expect(await readdir(dir)).toEqual([]);
  });

  it('makes the folders above it', async () => {
    const deep = path.join(dir, 'a', 'b', 'c');
    const ref = await openDiskBlobs({ dir: deep }).write([Buffer.from('x')]);
    expect(await readdir(path.join(deep, 'blobs', ref.hash.slice(0, 2)))).toEqual([ref.hash.slice(2)]);
  });

  it('removes what an earlier process left half written', async () => {
    const blobs = openDiskBlobs({ dir });
    await blobs.write([Buffer.from('x')]);
    await (await open(path.join(dir, 'blobs', 'tmp', '1234-5'), 'w')).close();
    for await (const ref of openDiskBlobs({ dir }).list()) expect(ref.size).toBe(1);
    expect(await leftoversIn(dir)).toEqual(['1234-5']);
    await openDiskBlobs({ dir }).write([Buffer.from('y')]);
    expect(await leftoversIn(dir)).toEqual([]);
  });

  it.each(['cut short', 'grown'])('fails with BlobDamaged for a blob that was %s', async (change) => {
    const blobs = openDiskBlobs({ dir });
    const ref = await blobs.write([Buffer.alloc(200_000, 'abc')]);
    const handle = await open(fileOf(dir, ref.hash), 'r+');
    await handle.truncate(change === 'grown' ? 200_001 : 199_999);
    await handle.close();
    const reading = (async () => {
      for await (const chunk of blobs.read(ref.hash)) expect(chunk.length).toBeGreaterThan(0);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'BlobDamaged' });
  });

  it('heals a damaged blob when its content is written again', async () => {
    const blobs = openDiskBlobs({ dir });
    const ref = await blobs.write([Buffer.alloc(1000, 'abc')]);
    await flipBit(fileOf(dir, ref.hash));
    await blobs.write([Buffer.alloc(1000, 'abc')]);
    for await (const chunk of blobs.read(ref.hash)) expect(chunk.length).toBe(1000);
  });

  it('keeps a blob whose write and deletion were asked for at once, or deletes it whole', async () => {
    const blobs = openDiskBlobs({ dir });
    for (let round = 0; round < 20; round++) {
      const ref = await blobs.write([Buffer.from('x')]);
      const [, deleted] = await Promise.all([blobs.write([Buffer.from('x')]), blobs.delete(ref.hash)]);
      expect(deleted).toBe(true);
    }
  });

  it('refuses a name that is no hash', async () => {
    const blobs = openDiskBlobs({ dir });
    for (const name of ['../../etc/passwd', '', 'AB'.repeat(32)] as Hash[]) {
      await expect(blobs.stat(name)).rejects.toMatchObject({ code: 'InvalidInput' });
      await expect(blobs.delete(name)).rejects.toMatchObject({ code: 'InvalidInput' });
    }
  });

  describe('flushing', () => {
    it('flushes the bytes, then names them, then flushes the name, before it answers', async () => {
      const { fs, calls } = recording(nodeFileSystem);
      const blobs = new DiskBlobs(dir, fs);
      const ref = await blobs.write([Buffer.from('first'), Buffer.from('second')]);
      const shard = ref.hash.slice(0, 2);
      const inOrder = [
        'sync blobs/tmp/*',
        `mkdir blobs/${shard}`,
        'sync blobs',
        `rename blobs/tmp/* blobs/${shard}/*`,
      ];
      const relevant = calls.map((call) => call.replaceAll(`${dir}/`, '').replace(/tmp\/[\d-]+/, 'tmp/*'));
      const last = relevant.map((call) => call.replace(ref.hash.slice(2), '*')).slice(-5);
      expect(last).toEqual([...inOrder, `sync blobs/${shard}`]);
      expect(relevant).toContain(`sync ${dir}`);
    });

    it('flushes the name again when the content was there', async () => {
      await openDiskBlobs({ dir }).write([Buffer.from('x')]);
      const { fs, calls } = recording(nodeFileSystem);
      const ref = await new DiskBlobs(dir, fs).write([Buffer.from('x')]);
      expect(calls.at(-1)).toBe(`sync ${dir}/blobs/${ref.hash.slice(0, 2)}`);
      expect(calls.some((call) => call.startsWith('rename'))).toBe(false);
    });
  });

  describe('failing', () => {
    const faults = [
      ['mkdir', 'ENOSPC', 'DiskFull'],
      ['open', 'EDQUOT', 'DiskFull'],
      ['write', 'ENOSPC', 'DiskFull'],
      ['sync', 'ENOSPC', 'DiskFull'],
      ['sync', 'EIO', 'StorageFailed'],
      ['rename', 'ENOSPC', 'DiskFull'],
      ['rename', 'EIO', 'StorageFailed'],
      ['mkdir', 'EROFS', 'DataFolderReadOnly'],
      ['open', 'EACCES', 'DataFolderReadOnly'],
    ] as const;

    it.each(faults)('turns %s with %s into %s and leaves no file', async (call, systemCode, code) => {
      let source = 'open';
      const content = (async function* () {
        try {
          yield Buffer.from('some');
          yield Buffer.from('thing');
        } finally {
          source = 'closed';
        }
      })();
      const blobs = new DiskBlobs(dir, failing(call, systemCode));
      await expect(blobs.write(content)).rejects.toSatisfy((error) => isKernelError(error, code));
      expect(source).toBe('closed');
      expect(await leftoversIn(dir)).toEqual([]);
      for await (const ref of openDiskBlobs({ dir }).list()) expect(ref).toBe('none');
    });

    it('writes again once there is room', async () => {
      let full = true;
      const mkdir = ((...args: Parameters<typeof nodeFileSystem.mkdir>) =>
        full ? Promise.reject(systemError('ENOSPC')) : nodeFileSystem.mkdir(...args)) as FileSystem['mkdir'];
      const blobs = new DiskBlobs(dir, { ...nodeFileSystem, mkdir });
      await expect(blobs.write([Buffer.from('x')])).rejects.toMatchObject({
        code: 'DiskFull',
        retryable: true,
      });
      full = false;
      const ref = await blobs.write([Buffer.from('x')]);
      expect(await blobs.stat(ref.hash)).toEqual(ref);
    });
  });
});

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made to fail`), { code });
}

/** A file system that writes down its changing calls and flushes. */
function recording(fs: FileSystem): { readonly fs: FileSystem; readonly calls: string[] } {
  const calls: string[] = [];
  const note = (...call: unknown[]): void => void calls.push(call.map(String).join(' '));
  const recorded = {
    ...fs,
    mkdir: async (folder: string) => {
      note('mkdir', folder);
      return fs.mkdir(folder);
    },
    rename: async (from: string, to: string) => {
      note('rename', from, to);
      return fs.rename(from, to);
    },
    open: async (file: string, flags: string) => {
      const handle = await fs.open(file, flags);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        await sync();
        note('sync', file);
      };
      return handle;
    },
  };
  return { fs: recorded as FileSystem, calls };
}

/** A file system on which one call always fails. */
function failing(call: 'mkdir' | 'open' | 'rename' | 'write' | 'sync', code: string): FileSystem {
  const fail = (): Promise<never> => Promise.reject(systemError(code));
  if (call === 'mkdir' || call === 'open' || call === 'rename') return { ...nodeFileSystem, [call]: fail };
  const opened = async (file: string, flags: string) => {
    const handle = await nodeFileSystem.open(file, flags);
    if (flags !== 'r') handle[call] = fail;
    return handle;
  };
  return { ...nodeFileSystem, open: opened as FileSystem['open'] };
}
