import { expect, it } from 'vitest';
import { openSegmentsOn } from '../src/open-segments.ts';
import { append } from './appending.ts';
import { MemoryDisk } from './memory-disk.ts';
import { DATA, VirtualTime } from './virtual-log.ts';

it.each([300, 50_000, 900_000])(
  'frames of %i bytes wait for one flush each, not for zeros',
  async (bytes) => {
    const time = new VirtualTime();
    const disk = new MemoryDisk();
    const log = await openSegmentsOn(disk, { dir: DATA, clock: time, timers: time });
    // From the first few of a kind on, which come as a surprise.
    for (let i = 0; i < 4; i++) await append(log, 'x'.repeat(bytes));
    const before = log.statistics;
    for (let i = 0; i < 40; i++) await append(log, 'x'.repeat(bytes));
    const { flushes, frames } = log.statistics;
    expect(flushes - before.flushes).toBe(frames - before.frames);
    await log.close();
  },
);
