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
