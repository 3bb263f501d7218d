import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeSnapshotStore } from '@tksm/conformance';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DiskSnapshots } from './disk-snapshots.ts';
import { nodeFileSystem } from './file-system.ts';
import { openDiskSnapshots } from './open-disk-snapshots.ts';

const makeDir = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'tksm-snapshots-'));

describeSnapshotStore({
  name: 'disk',
  async create() {
    const dir = await makeDir();
    return {
      store: openDiskSnapshots({ dir }),
      reopen: () => openDiskSnapshots({ dir }),
      leftovers: async () =>
        (await readdir(path.join(dir, 'snapshots'))).filter((name) => !name.endsWith('.snap')),
      destroy: () => rm(dir, { recursive: true, force: true }),
    };
  },
});

let dir: string;
beforeEach(async () => (dir = await makeDir()));
afterEach(() => rm(dir, { recursive: true, force: true }));

async function* oneByte(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1);
}

it('removes what a crash left, and leaves files alone that are not its own', async () => {
  const store = openDiskSnapshots({ dir });
  await store.write(1, oneByte());
  const folder = path.join(dir, 'snapshots');
  for (const name of ['00000000000000000009.snap.tmp', 'notes.txt'])
    await writeFile(path.join(folder, name), 'x');
  expect(await store.list()).toEqual([1]);
  await store.write(2, oneByte());
  expect((await readdir(folder)).sort()).toEqual([
    '00000000000000000001.snap',
    '00000000000000000002.snap',
    'notes.txt',
  ]);
});

it('flushes the file before it has its name, and the name before it answers', async () => {
  const calls: string[] = [];
  const note = (what: string, name: string): void => {
    calls.push(`${what} ${path.relative(dir, name) || '.'}`);
  };
  const fs = {
    ...nodeFileSystem,
    open: async (...[name, ...rest]: Parameters<typeof nodeFileSystem.open>) => {
      const handle = await nodeFileSystem.open(name, ...rest);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        note('sync', String(name));
        await sync();
      };
      return handle;
    },
    rename: async (from: string, to: string) => {
      note('rename', to);
      await nodeFileSystem.rename(from, to);
    },
  } as typeof nodeFileSystem;
  await new DiskSnapshots(path.join(dir, 'snapshots'), fs).write(5, oneByte());
  const file = 'snapshots/00000000000000000005.snap';
  expect(calls).toEqual(['sync .', `sync ${file}.tmp`, `rename ${file}`, 'sync snapshots']);
});

it('says that the disk is full, and leaves nothing', async () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const fs = {
    ...nodeFileSystem,
    open: async (...given: Parameters<typeof nodeFileSystem.open>) => {
      const handle = await nodeFileSystem.open(...given);
      handle.write = () => Promise.reject(full);
      return handle;
    },
  } as typeof nodeFileSystem;
  await expect(new DiskSnapshots(path.join(dir, 'snapshots'), fs).write(5, oneByte())).rejects.toMatchObject({
    code: 'DiskFull',
  });
  expect(await readdir(path.join(dir, 'snapshots'))).toEqual([]);
});
