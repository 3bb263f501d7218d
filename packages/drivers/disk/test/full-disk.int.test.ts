import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { openDiskBlobs } from '@tksm/drivers-disk';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

describe('a disk without room', () => {
  it('refuses with DiskFull, leaves no file, and writes again once there is room', async (context) => {
    const dir = await mkdtemp(path.join(tmpdir(), 'tksm-disk-full-'));
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir]).then(
      () => true,
      () => false,
    );
    try {
      if (!mounted && process.env.TKSM_REQUIRE_ALL === '1') throw new Error('the right to mount is required');
      if (!mounted) context.skip('this user may mount no small disk');
      const blobs = openDiskBlobs({ dir });
      const half = await blobs.write([Buffer.alloc(600_000, 'half')]);
      await expect(blobs.write([Buffer.alloc(600_000, 'more')])).rejects.toMatchObject({ code: 'DiskFull' });
      expect(await readdir(path.join(dir, 'blobs', 'tmp'))).toEqual([]);
      expect(await blobs.stat(half.hash)).toEqual(half);
      await blobs.delete(half.hash);
      expect(await blobs.write([Buffer.alloc(600_000, 'more')])).toMatchObject({ size: 600_000 });
    } finally {
      if (mounted) await run('umount', [dir]);
      await rm(dir, { recursive: true, force: true });
    }
  });
});
