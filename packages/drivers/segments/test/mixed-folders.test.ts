import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../src/format/crc32c.ts';
import { verifySegmentsOn } from '../src/verify-segments.ts';
import { append, payloadsOf } from './appending.ts';
import { MemoryDisk } from './memory-disk.ts';
import { DATA, openOn } from './virtual-log.ts';

const HEAD = `${DATA}/log/HEAD`;

/** A closed log of so many frames in some segments. */
async function makeDisk(frames: number, word: string): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const log = await openOn(disk);
  for (let i = 0; i < frames; i++) await append(log, JSON.stringify([word, i, 'x'.repeat(700)]));
  await log.close();
  return disk;
}

const segmentsOf = (disk: MemoryDisk): string[] => disk.names.filter((name) => name.endsWith('.seg'));

function put(disk: MemoryDisk, name: string, bytes: Buffer): void {
  disk.open(name, 'create').write(bytes, 0, bytes.length, 0);
}

/** Opening and verifying name the first event that cannot be trusted, and change nothing. */
async function expectDamage(disk: MemoryDisk, position: number): Promise<void> {
  const before = disk.names.map((name) => Buffer.from(disk.bytesOf(name)));
  await expect(openOn(disk)).rejects.toMatchObject({ code: 'LogDamaged', data: { position } });
  expect((await verifySegmentsOn(disk, DATA)).damage).toMatchObject({ position });
  expect(disk.names.map((name) => disk.bytesOf(name))).toEqual(before);
}

const firstOf = (name: string): number => Number(path.basename(name, '.seg'));

describe('a folder that is not what it was', () => {
  it('is refused when it is from the future', async () => {
    const text = 'tksm-segments 2';
    const ofFolder = await makeDisk(3, 'a');
    put(
      ofFolder,
      `${DATA}/FORMAT`,
      Buffer.from(`${text} ${crc32c(Buffer.from(text)).toString(16).padStart(8, '0')}\n`),
    );
    const ofSegment = await makeDisk(3, 'a');
    const header = ofSegment.bytesOf(segmentsOf(ofSegment)[0] ?? '').subarray(0, 4096);
    header.writeUInt32LE(2, 12);
    header.writeUInt32LE(crc32c(header, 12, 4096), 8);
    for (const disk of [ofFolder, ofSegment]) {
      await expect(openOn(disk)).rejects.toMatchObject({ code: 'FormatTooNew', data: { version: 2 } });
      await expect(verifySegmentsOn(disk, DATA)).rejects.toMatchObject({ code: 'FormatTooNew' });
    }
  });

  it('is damaged where a segment of another zone begins', async () => {
    const [disk, other] = [await makeDisk(20, 'a'), await makeDisk(20, 'b')];
    const name = segmentsOf(disk)[1] ?? '';
    put(disk, name, Buffer.from(other.bytesOf(name)));
    const { damage } = await verifySegmentsOn(disk, DATA);
    expect(damage).toMatchObject({ position: firstOf(name), why: 'it does not continue the segment before' });
    const log = await openOn(disk).catch((error: unknown) => error);
    // What is inside earlier segments is checked when it is read: a kernel replays them right after opening.
    if (log instanceof Error) expect(log).toMatchObject({ code: 'LogDamaged' });
    else
      await expect(payloadsOf(log as Awaited<ReturnType<typeof openOn>>)).rejects.toMatchObject({
        code: 'LogDamaged',
      });
  });

  it('is damaged when two were mixed: the HEAD of one, the segments of the other', async () => {
    const [disk, other] = [await makeDisk(3, 'a'), await makeDisk(3, 'b')];
    put(disk, HEAD, Buffer.from(other.bytesOf(HEAD)));
    await expectDamage(disk, 2);
  });

  it('is damaged where a segment in its middle is missing', async () => {
    const disk = await makeDisk(20, 'a');
    const name = segmentsOf(disk)[1] ?? '';
    disk.remove(name);
    await expectDamage(disk, firstOf(name));
  });

  it('is damaged when it was rolled back behind its HEAD, at the first event that is gone', async () => {
    for (const frames of [2, 8, 20]) {
      const disk = await makeDisk(frames, 'a');
      const log = await openOn(disk);
      const old = new Map(segmentsOf(disk).map((name) => [name, Buffer.from(disk.bytesOf(name))]));
      for (let i = 0; i < 9; i++) await append(log, JSON.stringify(['later', i, 'x'.repeat(700)]));
      await log.close();
      for (const name of segmentsOf(disk)) {
        const bytes = old.get(name);
        if (bytes === undefined) disk.remove(name);
        else put(disk, name, bytes);
      }
      await expectDamage(disk, frames);
    }
  });

  it('is a valid older folder when it was rolled back with its HEAD: only a kept checkpoint tells', async () => {
    const disk = await makeDisk(4, 'a');
    const copy = disk.afterKill();
    const log = await openOn(disk);
    await append(log, '["later"]');
    await log.close();
    expect(await payloadsOf(await openOn(copy))).toHaveLength(4);
    expect(await verifySegmentsOn(copy, DATA)).toMatchObject({ isWhole: true });
  });
});
