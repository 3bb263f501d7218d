import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSegments, openSegmentsReader, planArchive, verifySegments } from '../src/index.ts';
import { verifySegmentsOn } from '../src/verify-segments.ts';
import { append, payloadsOf } from './appending.ts';
import { flipBit, openLog, segmentFiles, temporaryFolder, tickingClock } from './data-folder.ts';
import { MemoryDisk } from './memory-disk.ts';
import { DATA, openOn } from './virtual-log.ts';

const SMALL = { maxSegmentBytes: 8 * 1024 };
const payloads = Array.from({ length: 40 }, (_, i) => JSON.stringify([i, 'x'.repeat(700)]));
const inPlace = (dir: string): string => path.join(dir, 'archive');

/** A folder with a log of forty events in several segments, all but the newest of them archived. */
async function archived(before = 30, to?: string): Promise<{ dir: string; base: number }> {
  const dir = temporaryFolder();
  const log = await openLog(dir, SMALL);
  for (const payload of payloads) await append(log, payload);
  const moved = await log.archive({ before, to: to ?? inPlace(dir) });
  expect(moved.length).toBeGreaterThan(1);
  await log.close();
  return { dir, base: moved.at(-1)?.end ?? 0 };
}

const readAll = async (dir: string, from?: number): Promise<string[]> => {
  const reader = await openSegmentsReader({ dir });
  const found: string[] = [];
  for await (const { payload } of reader.read(from === undefined ? {} : { from }))
    found.push(Buffer.from(payload).toString());
  return found;
};

describe('archiving segments', () => {
  it('keeps every event readable while the archive is in place, also for the writer, which goes on', async () => {
    const { dir, base } = await archived();
    expect(segmentFiles(dir)).not.toContain(path.join(dir, 'log', '00000000000000000000.seg'));
    expect(await readAll(dir)).toEqual(payloads);
    expect(await readAll(dir, base - 1)).toEqual(payloads.slice(base - 1));
    const log = await openLog(dir, SMALL);
    expect(await payloadsOf(log)).toEqual(payloads);
    await append(log, '["more"]');
    await log.close();
    expect(await verifySegments(dir)).toMatchObject({ isWhole: true, base, leftovers: [], unknown: [] });
    expect(await verifySegments(inPlace(dir))).toMatchObject({
      isWhole: true,
      isArchive: true,
      base: 0,
      head: { position: base },
    });
    expect(await readAll(inPlace(dir))).toEqual(payloads.slice(0, base));
  });

  it('says what is archived when the archive is elsewhere, and begins at what is kept', async () => {
    const { dir, base } = await archived(30, temporaryFolder());
    const gone = { code: 'EventArchived', data: { position: 0, first: base } };
    await expect(readAll(dir, 0)).rejects.toMatchObject(gone);
    const log = await openLog(dir, SMALL);
    await expect(payloadsOf(log)).rejects.toMatchObject(gone);
    expect(await readAll(dir)).toEqual(payloads.slice(base));
    expect(await payloadsOf(log, base)).toEqual(payloads.slice(base));
  });

  it('goes on for a reader that is in the middle of it', async () => {
    const dir = temporaryFolder();
    const log = await openLog(dir, SMALL);
    for (const payload of payloads) await append(log, payload);
    const [near, far] = await Promise.all([openSegmentsReader({ dir }), openSegmentsReader({ dir })]);
    const [here, there] = [near.read(), far.read({ from: 0 })].map((frames) =>
      frames[Symbol.asyncIterator](),
    );
    await Promise.all([here?.next(), there?.next()]);
    await log.archive({ before: 30, to: inPlace(dir) });
    let frames = 1;
    while ((await here?.next())?.done === false) frames++;
    expect(frames).toBe(payloads.length);
    rmSync(inPlace(dir), { recursive: true });
    const rest = async (): Promise<void> => {
      while ((await there?.next())?.done === false);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'EventArchived' });
  });

  it('adds to an archive, and to another one that is begun later', async () => {
    const { dir, base } = await archived(12);
    const log = await openLog(dir, SMALL);
    const [next] = await log.archive({ before: base + 15, to: inPlace(dir) });
    expect(next).toMatchObject({ first: base });
    expect(await payloadsOf(log)).toEqual(payloads);
    const other = temporaryFolder();
    const last = await log.archive({ before: 40, to: other });
    expect(last.at(-1)?.end).toBeLessThan(40);
    await expect(payloadsOf(log)).rejects.toMatchObject({ code: 'LogDamaged' });
    cpSync(path.join(other, 'log'), path.join(inPlace(dir), 'log'), {
      recursive: true,
      filter: (name) => !name.endsWith('BASE'),
    });
    expect(await payloadsOf(log)).toEqual(payloads);
  });

  it('refuses a folder that holds something else, and moves nothing', async () => {
    const dir = temporaryFolder();
    const log = await openLog(dir, SMALL);
    for (const payload of payloads) await append(log, payload);
    const { dir: other } = await archived();
    for (const to of [dir, other, inPlace(other)])
      await expect(log.archive({ before: 30, to })).rejects.toMatchObject({ code: 'ForeignZone' });
    expect(await verifySegments(dir)).toMatchObject({ isWhole: true, base: 0 });
    const { segments, leftovers } = await planArchive(dir, 30);
    expect(segments.map(({ file }) => path.join(dir, file))).toEqual(
      segmentFiles(dir).slice(0, segments.length),
    );
    expect({ end: segments.at(-1)?.end, leftovers }).toEqual({ end: 30, leftovers: [] });
  });

  it('does not move a segment that is damaged', async () => {
    const dir = temporaryFolder();
    const log = await openLog(dir, SMALL);
    for (const payload of payloads) await append(log, payload);
    flipBit(segmentFiles(dir)[1] ?? '', 5_000, 3);
    const { name } = path.parse(segmentFiles(dir)[1] ?? '');
    await expect(log.archive({ before: 30, to: inPlace(dir) })).rejects.toMatchObject({
      code: 'LogDamaged',
      data: { file: `log/${name}.seg` },
    });
    expect(existsSync(path.join(dir, 'log', `${name}.seg`))).toBe(true);
  });

  it('finds every flip in BASE', async () => {
    const { dir } = await archived();
    const file = path.join(dir, 'log', 'BASE');
    for (let at = 0; at < statSync(file).size; at += 7) {
      flipBit(file, at, at % 8);
      const damage = { file: 'log/BASE' };
      expect(await verifySegments(dir), `byte ${at}`).toMatchObject({ isWhole: false, damage });
      await expect(readAll(dir)).rejects.toMatchObject({ code: 'LogDamaged', data: damage });
      const opened = openSegments({ dir, clock: tickingClock() });
      await expect(opened).rejects.toMatchObject({ code: 'LogDamaged', data: damage });
      flipBit(file, at, at % 8);
    }
    rmSync(file);
    await expect(openSegments({ dir, clock: tickingClock() })).rejects.toMatchObject({ code: 'LogDamaged' });
  });

  it('finds a first segment that is missing behind what was archived', async () => {
    const { dir, base } = await archived();
    rmSync(segmentFiles(dir)[0] ?? '');
    expect(await verifySegments(dir)).toMatchObject({ isWhole: false, damage: { position: base } });
    await expect(openSegments({ dir, clock: tickingClock() })).rejects.toMatchObject({
      code: 'LogDamaged',
      data: { position: base },
    });
    await expect(readAll(dir)).rejects.toMatchObject({ code: 'LogDamaged' });
  });

  it('names the file of the archive that is damaged or missing', async () => {
    const { dir, base } = await archived();
    const [first = '', second = ''] = readdirSync(path.join(inPlace(dir), 'log'))
      .filter((name) => name.endsWith('.seg'))
      .sort();
    flipBit(path.join(inPlace(dir), 'log', second), 5_000, 1);
    await expect(readAll(dir)).rejects.toMatchObject({
      code: 'LogDamaged',
      data: { file: `archive/log/${second}` },
    });
    expect(await readAll(dir, base)).toEqual(payloads.slice(base));
    renameSync(path.join(inPlace(dir), 'log', first), path.join(dir, 'elsewhere'));
    await expect(readAll(dir)).rejects.toMatchObject({ code: 'LogDamaged', data: { position: 0 } });
  });

  it('lets nobody write behind an archive', async () => {
    const { dir } = await archived();
    const opened = openSegments({ dir: inPlace(dir), clock: tickingClock() });
    await expect(opened).rejects.toMatchObject({ code: 'DataFolderReadOnly' });
  });

  it('loses nothing to a crash at any call to the disk, and goes on where it was', async () => {
    const disk = new MemoryDisk();
    const log = await openOn(disk);
    for (const payload of payloads) await append(log, payload);
    const left: MemoryDisk[] = [];
    let half = false;
    disk.onChange = () => {
      half = !half;
      left.push(
        disk.afterKill(),
        disk.afterPowerCut(() => false),
        disk.afterPowerCut(() => half),
      );
    };
    await log.archive({ before: 30, to: `${DATA}/archive` });
    disk.onChange = undefined;
    expect(left.length).toBeGreaterThan(100);
    for (const one of left) {
      const again = await openOn(one);
      expect(await payloadsOf(again)).toEqual(payloads);
      await again.archive({ before: 30, to: `${DATA}/archive` });
      expect(await payloadsOf(again)).toEqual(payloads);
      await append(again, '["after the crash"]');
      await again.close();
      expect(await verifySegmentsOn(one, DATA)).toMatchObject({ isWhole: true, leftovers: [] });
    }
  });
});
