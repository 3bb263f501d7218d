import { describe, expect, it } from 'vitest';
import type { SegmentsLog } from '../src/segments-log.ts';
import { verifySegmentsOn } from '../src/verify-segments.ts';
import { append, payloadsOf } from './appending.ts';
import { failing, FaultFiles, lost, misdirected, rot, short, torn } from './fault-files.ts';
import { MemoryDisk } from './memory-disk.ts';
import { DATA, openOn, VirtualTime } from './virtual-log.ts';

const SEGMENT = /\.seg$/;
const HEAD = /HEAD$/;
const FIRST = `${DATA}/log/${'0'.repeat(20)}.seg`;

/** A log with three frames, over files that can be made to fail. */
async function startLog(): Promise<{
  disk: MemoryDisk;
  files: FaultFiles;
  log: SegmentsLog;
  known: string[];
}> {
  const disk = new MemoryDisk();
  const files = new FaultFiles(disk);
  const log = await openOn(files);
  const known: string[] = [];
  for (let i = 0; i < 3; i++) known.push(await add(log, i));
  return { disk, files, log, known };
}

const payloadOf = (i: number): string => JSON.stringify([i, 'x'.repeat(700)]);

async function add(log: SegmentsLog, i: number): Promise<string> {
  expect(await append(log, payloadOf(i))).toMatchObject({ status: 'committed' });
  return payloadOf(i);
}

/** All that was acknowledged is there after the process dies and after the power is cut, and can be built upon. */
async function expectKept(
  disk: MemoryDisk,
  known: readonly string[],
  unacknowledged?: string,
): Promise<void> {
  for (const left of [disk.afterKill(), disk.afterPowerCut(() => false), disk.afterPowerCut(() => true)]) {
    const log = await openOn(left);
    const found = await payloadsOf(log);
    expect(found.slice(0, known.length)).toEqual(known);
    expect([[], [unacknowledged]]).toContainEqual(found.slice(known.length));
    await add(log, 99);
    await log.close();
    expect(await verifySegmentsOn(left, DATA)).toMatchObject({ isWhole: true, frames: found.length + 1 });
  }
}

describe('a write that does less than asked', () => {
  it.each([1, 7, 511])('goes on until all is written, %i bytes at a time', async (most) => {
    const { disk, files, log, known } = await startLog();
    files.strike('write', /./, short(most), { times: Number.POSITIVE_INFINITY });
    for (let i = 3; i < 6; i++) known.push(await add(log, i));
    expect(await payloadsOf(log)).toEqual(known);
    await expectKept(disk, known);
  });

  it('is an error when it does nothing at all', async () => {
    const { disk, files, log, known } = await startLog();
    files.strike('write', SEGMENT, short(0));
    expect(await append(log, payloadOf(3))).toMatchObject({ cause: { code: 'StorageFailed' } });
    await expectKept(disk, known);
  });
});

describe('a call that fails', () => {
  const faults = [
    ['a full disk', 'write', SEGMENT, 'ENOSPC', 'DiskFull'],
    ['a full quota', 'write', SEGMENT, 'EDQUOT', 'DiskFull'],
    ['a bad sector', 'write', SEGMENT, 'EIO', 'StorageFailed'],
    ['a folder that turned read-only', 'write', SEGMENT, 'EROFS', 'DataFolderReadOnly'],
    ['a failed flush', 'flush', SEGMENT, 'EIO', 'StorageFailed'],
    ['a full disk at the flush', 'flush', SEGMENT, 'ENOSPC', 'DiskFull'],
    ['HEAD that cannot be written', 'write', HEAD, 'EIO', 'StorageFailed'],
  ] as const;

  it.each(faults)('is an unknown outcome: %s', async (_what, call, name, errno, code) => {
    const { disk, files, log, known } = await startLog();
    files.strike(call, name, failing(errno));
    expect(await append(log, payloadOf(3))).toMatchObject({
      status: 'unknown',
      cause: { code, data: { errno } },
    });
    expect(await append(log, payloadOf(4))).toMatchObject({ status: 'unknown', cause: { code } });
    await expectKept(disk, known, payloadOf(3));
    const { position } = await log.settle();
    if (position > known.length) known.push(payloadOf(3));
    expect(await payloadsOf(log)).toEqual(known);
    known.push(await add(log, 5));
    await expectKept(disk, known);
  });

  it('leaves a handle that is used no more, and what was settled is durable', async () => {
    const { disk, files, log, known } = await startLog();
    // As Linux does: the pages are clean now, and a second flush would find nothing to write.
    files.strike('flush', SEGMENT, (transfer) => {
      disk.dropPending(FIRST);
      return failing('EIO')(transfer);
    });
    await append(log, payloadOf(3));
    const failed = files.calls.findLast((call) => call.endsWith('flush'))?.split(' ')[0] ?? '';
    const { position } = await log.settle();
    expect(position).toBe(4);
    const later = files.calls.slice(files.calls.lastIndexOf(`${failed} flush`) + 1);
    expect(later.filter((call) => call.startsWith(`${failed} `))).toEqual([`${failed} close`]);
    await expectKept(disk, [...known, payloadOf(3)]);
  });

  it.each([
    ['truncate', SEGMENT],
    ['write', /seg\.tmp$/],
    ['flush', /seg\.tmp$/],
    ['rename', SEGMENT],
    ['flush', /log$/],
  ] as const)('may come while a segment is begun: %s of %s', async (call, name) => {
    const { disk, files, log, known } = await startLog();
    files.strike(call, name, failing('EIO'));
    let i = 3;
    for (; (await append(log, payloadOf(i))).status === 'committed'; i++) known.push(payloadOf(i));
    expect(known.length).toBeGreaterThan(3);
    await expectKept(disk, known);
    await log.settle();
    for (; known.length < 30; i++) known.push(await add(log, i));
    await expectKept(disk, known);
  });

  it('keeps the log unknown while it lasts, and reading goes on', async () => {
    const { disk, files, log, known } = await startLog();
    for (const call of ['open', 'write', 'flush', 'rename', 'remove', 'truncate'] as const) {
      files.strike(call, /./, failing('EROFS'), { times: Number.POSITIVE_INFINITY });
    }
    expect(await append(log, payloadOf(3))).toMatchObject({ cause: { code: 'DataFolderReadOnly' } });
    await expect(log.settle()).rejects.toMatchObject({ code: 'DataFolderReadOnly' });
    expect(await append(log, payloadOf(3))).toMatchObject({ status: 'unknown' });
    expect(await payloadsOf(log)).toEqual(known);
    files.heal();
    expect(await log.settle()).toMatchObject({ position: 3 });
    known.push(await add(log, 3));
    await expectKept(disk, known);
  });

  it('is named when a folder is opened', async () => {
    const { disk, log } = await startLog();
    await log.close();
    const files = new FaultFiles(disk);
    files.strike('open', /./, failing('EROFS'));
    await expect(openOn(files)).rejects.toMatchObject({ code: 'DataFolderReadOnly' });
    files.strike('read', SEGMENT, failing('EIO'));
    await expect(openOn(files)).rejects.toMatchObject({ code: 'StorageFailed' });
    await openOn(files);
  });
});

describe('a write torn between sectors', () => {
  it.each([0, 1, 2])('is cut, %i sectors of it', async (sectors) => {
    const { disk, files, log, known } = await startLog();
    files.strike('write', SEGMENT, torn(sectors));
    expect(await append(log, payloadOf(3))).toMatchObject({ status: 'unknown' });
    await expectKept(disk, known);
    expect(await log.settle()).toMatchObject({ position: 3 });
    known.push(await add(log, 3));
    await expectKept(disk, known);
  });
});

describe('a disk that lies', () => {
  const lies = [
    ['lost', lost],
    ['written 8 KiB further', misdirected(8192)],
    ['written over earlier frames', misdirected(-1600)],
    ['written one sector late', misdirected(512)],
  ] as const;

  it.each(lies)('is found out, and nothing is cut: an acknowledged frame %s', async (_what, lie) => {
    for (const isLast of [true, false]) {
      const { disk, files, log } = await startLog();
      files.strike('write', SEGMENT, lie);
      await add(log, 3);
      if (!isLast) await add(log, 4);
      const left = disk.afterKill();
      await expectReported(left);
      await log.close();
      await expectReported(disk);
    }
  });

  it('is found out when it acknowledged a flush and the power went: HEAD was flushed a second later', async () => {
    const disk = new MemoryDisk();
    const files = new FaultFiles(disk);
    const time = new VirtualTime();
    const log = await openOn(files, time);
    for (let i = 0; i < 3; i++) await add(log, i);
    time.pass(1000);
    files.strike('flush', SEGMENT, () => 0);
    await add(log, 3);
    // Within HEAD's lag it goes unseen, as ADR 2 says.
    const early = disk.afterPowerCut(() => false);
    expect((await payloadsOf(await openOn(early))).length).toBe(3);
    time.pass(1000);
    await expectReported(disk.afterPowerCut(() => false));
  });

  it('is found out when a bit is read wrongly, and the log is whole when it is read again', async () => {
    const { disk, log, known } = await startLog();
    await log.close();
    const files = new FaultFiles(disk);
    for (const byte of [4096 + 3, 4096 + 100, 4096 + 1000]) {
      files.strike('read', SEGMENT, rot(byte), { times: Number.POSITIVE_INFINITY });
      await expect(openOn(files)).rejects.toMatchObject({
        code: 'LogDamaged',
        data: { file: expect.stringContaining('.seg') as string },
      });
      expect((await verifySegmentsOn(files, DATA)).damage?.position).toBe(byte < 4096 + 800 ? 0 : 1);
      files.heal();
    }
    await expectKept(disk, known);
  });
});

/** Opening and verifying say that acknowledged frames are gone, and change no byte. */
async function expectReported(disk: MemoryDisk): Promise<void> {
  const before = new Map(disk.names.map((name) => [name, Buffer.from(disk.bytesOf(name))]));
  await expect(openOn(disk)).rejects.toMatchObject({ code: 'LogDamaged' });
  const { isWhole, damage } = await verifySegmentsOn(disk, DATA);
  expect(isWhole).toBe(false);
  expect(damage?.position).toBeLessThanOrEqual(3);
  expect(new Map(disk.names.map((name) => [name, disk.bytesOf(name)]))).toEqual(before);
}

describe('HEAD on disk', () => {
  it('lags behind what was acknowledged by a second at most', async () => {
    const disk = new MemoryDisk();
    const time = new VirtualTime();
    const log = await openOn(disk, time);
    const acknowledgedAt: number[] = [];
    for (let i = 0; i < 200; i++) {
      await add(log, i);
      acknowledgedAt.push(time.monotonic());
      time.pass((i * 37) % 450);
      const flushed = headPosition(disk.afterPowerCut(() => false));
      const due = acknowledgedAt.filter((at) => at <= time.monotonic() - 1000).length;
      expect(flushed).toBeGreaterThanOrEqual(due);
    }
    time.pass(500);
    expect(headPosition(disk.afterPowerCut(() => false))).toBe(200);
  });
});

function headPosition(disk: MemoryDisk): number {
  const bytes = disk.bytesOf(`${DATA}/log/HEAD`);
  return Math.max(...[0, 4096].map((at) => Number(bytes.readBigUInt64LE(at + 16))));
}
