import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hash } from '@tksm/abstractions';
import type { Hash } from '@tksm/abstractions';
import { describeVault } from '@tksm/conformance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskVault } from './disk-vault.ts';
import { nodeFileSystem } from './file-system.ts';
import type { FileSystem } from './file-system.ts';
import { openDiskVault } from './open-disk-vault.ts';

const makeFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'tksm-vault-'));

describeVault({
  name: 'disk',
  capabilities: { reopen: true },
  async create() {
    const dir = await makeFolder();
    return {
      vault: openDiskVault({ dir }),
      destroy: () => rm(dir, { recursive: true, force: true }),
      reopen: async () => openDiskVault({ dir }),
    };
  },
});

const ADA: Hash = hash('a'.repeat(64));
const NOTE: Hash = hash('1'.repeat(64));
const bytes = Uint8Array.of(1, 2, 3);

describe('openDiskVault', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await makeFolder();
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('lets nobody but the owner in', async () => {
    const vault = openDiskVault({ dir });
    await vault.secret(bytes);
    await vault.key(ADA, bytes);
    await vault.put(ADA, NOTE, bytes);
    await vault.erase(hash('b'.repeat(64)));
    for (const name of await readdir(dir, { recursive: true })) {
      const { mode } = await stat(path.join(dir, name));
      expect([name, mode & 0o077]).toEqual([name, 0]);
    }
  });

  it.each(['secret', 'key'])('takes a changed %s for no other', async (name) => {
    const vault = openDiskVault({ dir });
    await vault.secret(bytes);
    await vault.key(ADA, bytes);
    const file = path.join(dir, 'vault', name === 'key' ? `${ADA}/key` : name);
    const written = await readFile(file);
    written[1] = (written[1] ?? 0) ^ 1;
    await writeFile(file, written);
    const again = openDiskVault({ dir });
    const reading = name === 'key' ? again.key(ADA, bytes) : again.secret(bytes);
    await expect(reading).rejects.toMatchObject({ code: 'VaultDamaged' });
    await again.erase(ADA);
    expect(await again.key(ADA)).toBeUndefined();
  });

  it('touches nothing until it writes', async () => {
    const vault = openDiskVault({ dir });
    await vault.key(ADA);
    await vault.erasing();
    expect(await readdir(dir)).toEqual([]);
  });

  it('ends an erasure that was stopped at any call', async () => {
    for (let calls = 1; ; calls++) {
      const place = path.join(dir, String(calls));
      const vault = openDiskVault({ dir: place });
      await vault.key(ADA, bytes);
      await vault.put(ADA, NOTE, bytes);
      const ended = await new DiskVault(place, failingAfter(calls)).erase(ADA).then(
        () => true,
        () => false,
      );
      const again = openDiskVault({ dir: place });
      const begun = (await again.erasing()).includes(ADA);
      // Not begun: nothing is missing. Begun: it is known, and ends.
      if (begun) await again.erase(ADA);
      else expect(await again.get(ADA, NOTE)).toBeDefined();
      expect(await again.key(ADA)).toEqual(begun ? undefined : Buffer.from(bytes));
      if (begun) expect(await readdir(path.join(place, 'vault'))).toEqual(['erasing']);
      if (ended) return;
      expect(calls).toBeLessThan(100);
    }
  });
});

/** A file system that dies after some calls. */
function failingAfter(calls: number): FileSystem {
  let left = calls;
  const wrap = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> =>
      left-- > 0 ? call(...args) : Promise.reject(Object.assign(new Error('dead'), { code: 'EIO' }));
  };
  return Object.fromEntries(
    Object.entries(nodeFileSystem)
      .filter(([name]) => ['mkdir', 'open', 'readdir', 'rename', 'rmdir', 'stat', 'unlink'].includes(name))
      .map(([name, call]) => [name, wrap(call as (...args: unknown[]) => Promise<unknown>)]),
  ) as unknown as FileSystem;
}
