import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSegmentsReader } from '../src/open-segments-reader.ts';
import { openEventLog } from '../src/open-segments.ts';
import { verifySegments } from '../src/verify-segments.ts';
import { append, payloadsOf } from './appending.ts';
import { openLog, segmentFiles, temporaryFolder, tickingClock } from './data-folder.ts';
import { missing, run } from './requirement.ts';

const noMount = missing('the right to mount', ['unshare', '--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']);

function mount(...args: string[]): void {
  const target = args.at(-1) ?? '';
  run(['mount', ...args]);
  onTestFinished(() => run(['umount', '--lazy', target]));
}

describe.skipIf(noMount)('a full disk', () => {
  it('costs nothing acknowledged, and takes frames again after space was made', async () => {
    const dir = temporaryFolder();
    mount('-t', 'tmpfs', '-o', 'size=1m', 'none', dir);
    const data = path.join(dir, 'data');
    const log = await openLog(data);
    writeFileSync(path.join(dir, 'ballast'), Buffer.alloc(300 * 1024));
    const acknowledged: string[] = [];
    for (;;) {
      const payload = JSON.stringify([acknowledged.length, 'x'.repeat(3000)]);
      const outcome = await append(log, payload);
      if (outcome.status === 'unknown') {
        expect(outcome.cause).toMatchObject({ code: 'DiskFull' });
        break;
      }
      acknowledged.push(payload);
    }
    expect(acknowledged.length).toBeGreaterThan(100);
    rmSync(path.join(dir, 'ballast'));
    const { position } = await log.settle();
    expect(position).toBeLessThanOrEqual(acknowledged.length + 1);
    expect((await payloadsOf(log)).slice(0, acknowledged.length)).toEqual(acknowledged);
    expect((await append(log, '["after"]')).status).toBe('committed');
    expect(await verifySegments(data)).toMatchObject({ isWhole: true });
    await log.close();
    expect((await payloadsOf(await openLog(data))).at(-1)).toBe('["after"]');
  }, 30_000);

  it('is named when a folder cannot be made on it', async () => {
    const dir = temporaryFolder();
    mount('-t', 'tmpfs', '-o', 'size=64k', 'none', dir);
    await expect(openEventLog({ dir, clock: tickingClock() })).rejects.toMatchObject({ code: 'DiskFull' });
    expect(statfsSync(dir).blocks).toBe(16);
    expect(segmentFiles(dir)).toEqual([]);
  });
});

describe.skipIf(noMount)('a read-only folder', () => {
  it('is read and verified, and refused for writing', async () => {
    const dir = temporaryFolder();
    const log = await openLog(dir);
    for (const payload of ['["a"]', '["b"]']) await append(log, payload);
    await log.close();
    mount('--bind', dir, dir);
    run(['mount', '-o', 'remount,bind,ro', dir]);
    const reader = await openSegmentsReader({ dir });
    expect(await payloadsOf(reader)).toEqual(['["a"]', '["b"]']);
    expect(await verifySegments(dir)).toMatchObject({ isWhole: true, frames: 2 });
    const refused = { code: 'DataFolderReadOnly' };
    await expect(openEventLog({ dir, clock: tickingClock() })).rejects.toMatchObject(refused);
    await expect(openEventLog({ dir: `${dir}/new`, clock: tickingClock() })).rejects.toMatchObject(refused);
  });
});

const tryLoop =
  'i=$(mktemp) && truncate -s 4m $i && mkfs.ext4 -q $i && mount -o loop $i /mnt && umount /mnt && rm $i';
const noLoopDisk =
  missing('mkfs.ext4 (e2fsprogs)', ['sh', '-c', 'mkfs.ext4 -V']) ??
  // Containers may have no loop devices, and nothing installs them.
  missing('the right to mount an image', ['unshare', '--mount', 'sh', '-c', tryLoop], false);

/** Mounts a new ext4 file system on a folder. */
function mountImage(megabytes: number): string {
  const [dir, image] = [temporaryFolder(), path.join(temporaryFolder(), 'image')];
  run(['sh', '-c', 'truncate -s "$1" "$0" && mkfs.ext4 -q "$0"', image, `${megabytes}m`]);
  mount('-o', 'loop', image, dir);
  return dir;
}

describe.skipIf(noLoopDisk)('a real file system', () => {
  it('that is full costs nothing acknowledged', async () => {
    const data = path.join(mountImage(8), 'data');
    const log = await openLog(data);
    const acknowledged: string[] = [];
    for (;;) {
      const payload = JSON.stringify([acknowledged.length, 'x'.repeat(30_000)]);
      const outcome = await append(log, payload);
      if (outcome.status === 'unknown') {
        expect(outcome.cause).toMatchObject({ code: 'DiskFull' });
        break;
      }
      acknowledged.push(payload);
    }
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(await verifySegments(data)).toMatchObject({ isWhole: true });
    expect((await payloadsOf(await openSegmentsReader({ dir: data }))).slice(0, acknowledged.length)).toEqual(
      acknowledged,
    );
  }, 60_000);

  it('that turns read-only under a writer costs nothing acknowledged', async () => {
    const mounted = mountImage(16);
    const log = await openLog(path.join(mounted, 'data'));
    const acknowledged = ['["a"]', '["b"]'];
    for (const payload of acknowledged) await append(log, payload);
    // By force, as the system does it when the disk is bad: files are open for writing.
    run(['mount', '-o', 'remount,abort', mounted]);
    const outcome = await append(log, '["c"]');
    expect(outcome.status).toBe('unknown');
    expect(['DataFolderReadOnly', 'StorageFailed']).toContain(
      outcome.status === 'unknown' ? outcome.cause.code : '',
    );
    await expect(log.settle()).rejects.toMatchObject({ name: 'KernelError' });
    expect((await payloadsOf(log)).slice(0, 2)).toEqual(acknowledged);
    await log.close();
  }, 60_000);
});
