import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { append } from '../test/appending.ts';
import { flipBit, openLog, placeOfFrame, segmentFiles, temporaryFolder } from '../test/data-folder.ts';
import { verifySegments } from './verify-segments.ts';

describe('verifySegments', () => {
  it('reports every segment, the first damage of each, and goes on after it', async () => {
    const dir = temporaryFolder();
    const log = await openLog(dir, { maxSegmentBytes: 8 * 1024 });
    for (let i = 0; i < 20; i++) await append(log, JSON.stringify([i, 'x'.repeat(700)]), 3);
    await log.close();
    const count = segmentFiles(dir).length;
    expect(count).toBeGreaterThan(3);
    for (const position of [6, 9, 36]) {
      const { file, payloadAt } = placeOfFrame(dir, position);
      flipBit(file, payloadAt + 5, 1);
    }
    const report = await verifySegments(dir);
    expect(report).toMatchObject({ isWhole: false, damage: { position: 6 }, head: { position: 6 } });
    expect(report.segments).toHaveLength(count);
    expect(report.segments.flatMap(({ damage }) => damage?.position ?? [])).toEqual([6, 36]);
    expect(report.segments.at(-1)).toMatchObject({ frames: 5 });
  });

  it('tells how far it is, up to the end', async () => {
    const dir = temporaryFolder();
    const log = await openLog(dir, { maxSegmentBytes: 16 * 1024 });
    for (let i = 0; i < 50; i++) await append(log, JSON.stringify([i, 'x'.repeat(900)]));
    const steps: [number, number][] = [];
    await verifySegments(dir, { onProgress: (...step) => steps.push(step) });
    const done = steps.map(([bytes]) => bytes);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(steps.at(-1)?.[0]).toBe(steps.at(-1)?.[1]);
    expect(steps.length).toBeGreaterThan(4);
  });

  it('names HEAD and FORMAT when they are to be made again', async () => {
    const dir = temporaryFolder();
    await append(await openLog(dir), '[1]');
    expect((await verifySegments(dir)).rebuildable).toEqual([]);
    rmSync(path.join(dir, 'FORMAT'));
    rmSync(path.join(dir, 'log', 'HEAD'));
    const { isWhole, rebuildable } = await verifySegments(dir);
    expect({ isWhole, rebuildable }).toEqual({ isWhole: true, rebuildable: ['log/HEAD', 'FORMAT'] });
  });
});
