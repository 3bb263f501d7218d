import { createMemoryLog } from '@tksm/drivers-memory';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionAt } from './position-at.ts';

/** A log of frames: so many events, so much later than the frame before. */
async function logOf(frames: readonly (readonly [count: number, laterMs: number])[]) {
  const log = createMemoryLog();
  let time = 1_000;
  for (const [count, laterMs] of frames) {
    const { position, hash } = await log.head();
    time += laterMs;
    const payload = JSON.stringify(Array.from({ length: count }, () => ({})));
    await log.append({ time, epoch: 1, count, payload }, { position, previousHash: hash, epoch: 1 });
  }
  return log;
}

describe('positionAt', () => {
  it('counts the events of every frame that is not later, whatever the frames', async () => {
    const frames = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat({ max: 3 })), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(frames, fc.integer({ min: 990, max: 1_070 }), async (list, time) => {
        const log = await logOf(list);
        let expected = 0;
        for await (const frame of log.read()) if (frame.time <= time) expected += frame.count;
        expect(await positionAt(log, time)).toBe(expected);
      }),
    );
  });

  it('reads a frame for each halving, not the log', async () => {
    const log = await logOf(Array.from({ length: 1_000 }, () => [2, 1] as const));
    let reads = 0;
    const counted = {
      head: () => log.head(),
      close: () => log.close(),
      async *read(options: { readonly from?: number } = {}) {
        for await (const frame of log.read(options)) {
          reads += 1;
          yield frame;
        }
      },
    };
    expect(await positionAt(counted, 1_400)).toBe(800);
    expect(reads).toBeLessThan(12);
  });
});
