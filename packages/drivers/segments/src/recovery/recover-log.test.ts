import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isKernelError } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { append, payloadsOf } from '../../test/appending.ts';
import {
  copyOf,
  flipBit,
  openLog,
  rewrite,
  segmentFiles,
  storedPlaces,
  temporaryFolder,
} from '../../test/data-folder.ts';
import { nodeFiles } from '../files/node-files.ts';
import { openSegmentsReader } from '../open-segments-reader.ts';
import { openEventLog } from '../open-segments.ts';
import { PlaceIndex } from '../reading/place-index.ts';
import { verifySegments } from '../verify-segments.ts';
import { recoverLog } from './recover-log.ts';

const clock = { now: () => 0, monotonic: () => 0 };
const HEAD = path.join('log', 'HEAD');

/** A folder whose log has these payloads, and what it looked like before the last one. */
async function folderWith(payloads: readonly string[], maxSegmentBytes?: number): Promise<string> {
  const dir = temporaryFolder();
  const log = await openLog(dir, maxSegmentBytes === undefined ? {} : { maxSegmentBytes });
  for (const payload of payloads) await append(log, payload, 2);
  await log.close();
  return dir;
}

/** A folder whose last frame was written while HEAD still told of the one before: it was never acknowledged. */
async function folderWithLateHead(payloads: readonly string[]): Promise<string> {
  const dir = await folderWith(payloads.slice(0, -1));
  const head = readFileSync(path.join(dir, HEAD));
  const log = await openLog(dir);
  await append(log, payloads.at(-1) ?? '', 2);
  await log.close();
  writeFileSync(path.join(dir, HEAD), head);
  return dir;
}

describe('recovery of a frame that was not acknowledged', () => {
  const payloads = ['["one"]', '["two"]', `["${'torn'.repeat(10)}"]`];

  it('cuts it at whatever byte it is torn off, and keeps it when it is whole', async () => {
    const dir = await folderWithLateHead(payloads);
    const { offset = 0, length = 0, file = '' } = storedPlaces(dir).at(-1) ?? {};
    const whole = readFileSync(file);
    const end = offset + 72 + (payloads[2]?.length ?? 0);
    for (let at = offset; at <= offset + length; at++) {
      const torn = Buffer.from(whole);
      torn.fill(0, at);
      writeFileSync(file, torn);
      const kept = at >= end ? payloads : payloads.slice(0, 2);
      const isSample = (at - offset) % 16 === 0;
      await (isSample ? expectWritable(copyOf(dir), kept) : expectKept(copyOf(dir), kept));
      const truncated = copyOf(dir);
      truncateSync(segmentFiles(truncated)[0] ?? '', at);
      await expectKept(truncated, at === offset + length ? payloads : payloads.slice(0, 2));
    }
  }, 60_000);

  it('cuts it when any of its bits is wrong', async () => {
    const dir = await folderWithLateHead(payloads);
    const { offset = 0, length = 0 } = storedPlaces(dir).at(-1) ?? {};
    await fc.assert(
      fc.asyncProperty(fc.nat(length - 1), fc.nat(7), async (at, bit) => {
        const copy = copyOf(dir);
        flipBit(segmentFiles(copy)[0] ?? '', offset + at, bit);
        await expectKept(copy, payloads.slice(0, 2));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('tells how many bytes it cut', async () => {
    const dir = await folderWithLateHead(payloads);
    const { payloadAt = 0, offset = 0, file = '' } = storedPlaces(dir).at(-1) ?? {};
    truncateSync(file, payloadAt + 1);
    const log = await openLog(dir);
    expect(log.recovery).toEqual({
      cutBytes: payloadAt + 1 - offset,
      headRebuilt: false,
      formatRebuilt: false,
    });
    await log.close();
    expect((await openLog(dir)).recovery.cutBytes).toBe(0);
  });

  it('is left out by a reader, cut or whole, and is no damage to a verifier', async () => {
    const dir = await folderWithLateHead(payloads);
    for (const cut of [0, 8, 30]) {
      const { offset = 0, length = 0, file = '' } = storedPlaces(dir).at(-1) ?? {};
      if (cut > 0) truncateSync(file, offset + length - cut);
      const reader = await openSegmentsReader({ dir });
      expect(await reader.head()).toMatchObject({ position: 4 });
      expect(await payloadsOf(reader)).toEqual(payloads.slice(0, 2));
      expect(await verifySegments(dir)).toMatchObject({ isWhole: true });
    }
  });
});

async function expectKept(dir: string, payloads: readonly string[]): Promise<void> {
  const { end } = await recoverLog({ files: nodeFiles, dir }, new PlaceIndex());
  expect(end.head.position).toBe(payloads.length * 2);
  expect(await payloadsOf(await openSegmentsReader({ dir }))).toEqual(payloads);
  expect(await verifySegments(dir)).toMatchObject({ isWhole: true, segments: [{ unacknowledgedBytes: 0 }] });
}

/** What is kept can be built upon. */
async function expectWritable(dir: string, payloads: readonly string[]): Promise<void> {
  const known = [...payloads];
  for (const payload of ['["after"]', '["after that"]']) {
    const log = await openEventLog({ dir, clock });
    try {
      expect(await payloadsOf(log)).toEqual(known);
      expect(await append(log, payload)).toMatchObject({ status: 'committed' });
      known.push(payload);
    } finally {
      await log.close();
    }
  }
  expect(await verifySegments(dir)).toMatchObject({ isWhole: true, frames: known.length });
}

describe('damage of what was acknowledged', () => {
  const payloads = Array.from({ length: 12 }, (_, index) => JSON.stringify([index, 'x'.repeat(700)]));

  it('is found and named for every flipped bit, or the file is healed', async () => {
    const dir = await folderWith(payloads, 8 * 1024);
    const places = storedPlaces(dir);
    expect(segmentFiles(dir).length).toBe(3);
    const place = fc.constantFrom(...places);
    const at = fc.oneof(fc.nat(80), fc.nat(790));
    await fc.assert(
      fc.asyncProperty(place, at, fc.nat(7), async (stored, offset, bit) => {
        const copy = copyOf(dir);
        const file = path.join(copy, 'log', path.basename(stored.file));
        flipBit(file, stored.offset + (offset % stored.length), bit);
        await expectDamage(copy, stored.position);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('is found in the header of a segment', async () => {
    const dir = await folderWith(payloads, 8 * 1024);
    await fc.assert(
      fc.asyncProperty(fc.nat(2), fc.oneof(fc.nat(80), fc.nat(4095)), fc.nat(7), async (index, at, bit) => {
        const copy = copyOf(dir);
        const file = segmentFiles(copy)[index] ?? '';
        flipBit(file, at, bit);
        await expectDamage(copy, Number.parseInt(path.basename(file), 10));
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it('is found when the log ends before HEAD, at the first event that is gone', async () => {
    const dir = await folderWith(payloads);
    const places = storedPlaces(dir);
    for (const cut of [1, 2, 12]) {
      const copy = copyOf(dir);
      const first = places.at(-cut);
      truncateSync(segmentFiles(copy)[0] ?? '', first?.offset ?? 0);
      await expectDamage(copy, first?.position ?? 0);
      const zeroed = copyOf(dir);
      rewrite(segmentFiles(zeroed)[0] ?? '', (bytes) => bytes.fill(0, first?.offset ?? 0));
      await expectDamage(zeroed, first?.position ?? 0);
    }
  });

  it('is found when a frame beyond HEAD is bad and a later one is whole', async () => {
    const dir = await folderWith(payloads.slice(0, 2));
    const head = readFileSync(path.join(dir, HEAD));
    const log = await openLog(dir);
    for (const payload of payloads.slice(0, 3)) await append(log, payload, 2);
    await log.close();
    writeFileSync(path.join(dir, HEAD), head);
    const { file = '', payloadAt = 0 } = storedPlaces(dir)[2] ?? {};
    flipBit(file, payloadAt, 0);
    await expect(openAndRead(dir)).rejects.toMatchObject({ code: 'LogDamaged', data: { position: 4 } });
    expect(await verifySegments(dir)).toMatchObject({ isWhole: false, damage: { position: 4 } });
  });

  it.each([0, 1])('is found when segment %i is missing', async (index) => {
    const dir = await folderWith(payloads, 4096 + 4 * 800);
    expect(segmentFiles(dir).length).toBeGreaterThan(2);
    const file = segmentFiles(dir)[index] ?? '';
    rmSync(file);
    await expectDamage(dir, Number.parseInt(path.basename(file), 10));
  });

  it('is found when there is no log where one was', async () => {
    const dir = await folderWith(payloads.slice(0, 2));
    rmSync(path.join(dir, 'log'), { recursive: true });
    const lost = { code: 'LogDamaged', data: { position: 0 } };
    await expect(openAndRead(dir)).rejects.toMatchObject(lost);
    mkdirSync(path.join(dir, 'log'));
    await expect(openAndRead(dir)).rejects.toMatchObject(lost);
    expect(await verifySegments(dir)).toMatchObject({ isWhole: false, damage: { position: 0 } });
  });

  it('is found when the log is another one than HEAD tells of', async () => {
    const [dir, other] = [await folderWith(['["a"]', '["b"]']), await folderWith(['["a"]', '["c"]'])];
    copyFileSync(path.join(other, HEAD), path.join(dir, HEAD));
    await expectDamage(dir, 2);
  });
});

/** Opening or reading fails with the position; so do reader and verifier; and nothing is changed. */
async function expectDamage(dir: string, position: number): Promise<void> {
  const before = segmentFiles(dir).map((file) => readFileSync(file));
  const expected = { code: 'LogDamaged', data: { position } };
  const written: unknown = await openAndRead(dir).catch((error: unknown) => error);
  expect(written).toMatchObject(expected);
  const read: unknown = await openSegmentsReader({ dir })
    .then((reader) => payloadsOf(reader))
    .catch((error: unknown) => error);
  expect(read).toMatchObject(expected);
  expect(await verifySegments(dir)).toMatchObject({ isWhole: false, damage: { position } });
  expect(segmentFiles(dir).map((file, index) => before[index]?.equals(readFileSync(file)))).not.toContain(
    false,
  );
}

async function openAndRead(dir: string): Promise<string[]> {
  const log = await openEventLog({ dir, clock });
  try {
    return await payloadsOf(log);
  } finally {
    await log.close();
  }
}

describe('files that can be made again', () => {
  const payloads = ['["one"]', '["two"]', '["three"]'];

  it('heals HEAD, whichever bit of it is wrong, and when it is gone', async () => {
    const dir = await folderWith(payloads);
    const bits = fc.tuple(fc.constantFrom(0, 4096), fc.nat(95), fc.nat(7));
    await fc.assert(
      fc.asyncProperty(fc.option(bits), async (flip) => {
        const copy = copyOf(dir);
        if (flip === null) rmSync(path.join(copy, HEAD));
        else flipBit(path.join(copy, HEAD), flip[0] + flip[1], flip[2]);
        const log = await openLog(copy);
        expect(await payloadsOf(log)).toEqual(payloads);
        expect(log.recovery.headRebuilt).toBe(true);
        await log.close();
        rewrite(segmentFiles(copy)[0] ?? '', (bytes) => bytes.fill(0, storedPlaces(copy)[2]?.offset));
        await expectDamage(copy, 4);
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  it('takes no torn tail for granted when HEAD is gone', async () => {
    const dir = await folderWith(payloads);
    rmSync(path.join(dir, HEAD));
    const { file = '', offset = 0, length = 0 } = storedPlaces(dir)[2] ?? {};
    truncateSync(file, offset + length - 20);
    const opened: unknown = await openAndRead(dir).catch((error: unknown) => error);
    expect(isKernelError(opened, 'LogDamaged')).toBe(true);
  });

  it('heals FORMAT', async () => {
    const dir = await folderWith(payloads);
    const text = readFileSync(path.join(dir, 'FORMAT'), 'utf8');
    for (const damaged of ['', text.slice(0, -3), text.replace('1', '2'), undefined]) {
      if (damaged === undefined) rmSync(path.join(dir, 'FORMAT'));
      else writeFileSync(path.join(dir, 'FORMAT'), damaged);
      expect(await payloadsOf(await openSegmentsReader({ dir }))).toEqual(payloads);
      const log = await openLog(dir);
      expect(log.recovery.formatRebuilt).toBe(true);
      expect(await payloadsOf(log)).toEqual(payloads);
      await log.close();
      expect(readFileSync(path.join(dir, 'FORMAT'), 'utf8')).toBe(text);
    }
  });

  it('finishes a folder whose making was interrupted', async () => {
    const dir = await folderWith([]);
    for (const files of [[HEAD], ['FORMAT'], [HEAD, 'FORMAT'], ['log', 'FORMAT']]) {
      const copy = copyOf(dir);
      for (const file of files) rmSync(path.join(copy, file), { recursive: true });
      await expectWritable(copy, []);
    }
  });
});
