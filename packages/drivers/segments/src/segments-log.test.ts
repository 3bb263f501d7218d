import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { append, framesOf, payloadsOf } from '../test/appending.ts';
import { copyOf, openLog, segmentFiles, temporaryFolder } from '../test/data-folder.ts';
import { verifySegments } from './verify-segments.ts';

/** Small segments, so that a few frames make many. */
const maxSegmentBytes = 8 * 1024;

describe('segments log', () => {
  it('gives back random frames of any size, over many segments and reopenings', async () => {
    const payload = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.nat(5000).map((length) => 'x'.repeat(length)),
      fc.nat(70_000).map((length) => 'é'.repeat(length)),
    );
    const batches = fc.array(fc.array(payload, { maxLength: 8 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(batches, async (sessions) => {
        const dir = temporaryFolder();
        const written: string[] = [];
        for (const payloads of sessions) {
          const log = await openLog(dir, { maxSegmentBytes });
          expect(await payloadsOf(log)).toEqual(written);
          for (const text of payloads) {
            expect(await append(log, text, 1 + (text.length % 3))).toMatchObject({ status: 'committed' });
            written.push(text);
          }
          expect(await payloadsOf(log)).toEqual(written);
          await log.close();
        }
        expect(await verifySegments(dir)).toMatchObject({ isWhole: true, frames: written.length });
      }),
      { numRuns: 10 },
    );
  }, 60_000);

  it('begins a segment when the one before is full, and reads over their ends from any position', async () => {
    const dir = temporaryFolder();
    const log = await openLog(dir, { maxSegmentBytes });
    for (let i = 0; i < 60; i++) await append(log, JSON.stringify([i, 'x'.repeat(500)]), 2);
    expect(segmentFiles(dir).length).toBeGreaterThan(5);
    expect(readdirSync(dir).sort()).toEqual(['FORMAT', 'lock', 'lock.json', 'log']);
    for (let from = 0; from <= 121; from++) {
      const frames = await framesOf(log, from);
      expect(frames.length).toBe(Math.max(0, 60 - Math.floor(from / 2)));
      if (from < 120) expect(frames[0]?.position).toBe(from - (from % 2));
    }
    const copy = await openLog(copyOf(dir), { maxSegmentBytes });
    expect(await framesOf(copy)).toEqual(await framesOf(log));
    expect(await copy.head()).toEqual(await log.head());
  });

  it('refuses a frame without events', async () => {
    const log = await openLog(temporaryFolder());
    await expect(append(log, '[]', 0)).rejects.toMatchObject({ code: 'InvalidInput' });
  });

  it.each(['unwritten', 'unflushed', 'torn'] as const)(
    'answers unknown after a fault (%s) until it is settled, then the truth',
    async (fault) => {
      const log = await openLog(temporaryFolder());
      await append(log, '["before"]');
      log.failNext(fault);
      const outcomes = [await append(log, '["doubtful"]'), await append(log, '["later"]')];
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ status: 'unknown', cause: { code: 'StorageFailed' } });
      }
      const truth = fault === 'unflushed' ? ['["before"]', '["doubtful"]'] : ['["before"]'];
      expect(await log.settle()).toMatchObject({ position: truth.length });
      expect(await append(log, '["after"]')).toMatchObject({ status: 'committed' });
      expect(await payloadsOf(log)).toEqual([...truth, '["after"]']);
    },
  );

  it('flushes once for a frame', async () => {
    const log = await openLog(temporaryFolder());
    for (let i = 0; i < 10; i++) await append(log, '[1]');
    expect(log.statistics).toMatchObject({ frames: 10, flushes: 10 });
  });
});
