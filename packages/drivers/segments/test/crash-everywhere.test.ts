import { expect, it } from 'vitest';
import { crashEverywhere } from './crash-everywhere.ts';
import type { Crashes } from './crash-everywhere.ts';
import { SMALL_SEGMENT_BYTES } from './virtual-log.ts';

/** TKSM_FULL=1: the 300 events that the project promises; otherwise as many as a test run has time for. */
const [FRAMES, TORN_VARIANTS] = process.env.TKSM_FULL === '1' ? [300, 6] : [24, 1];

const TITLE =
  'a crash at any append or call to the disk leaves what was acknowledged, and at most one frame more';

it(`${TITLE}: many small segments`, async () => {
  const random = drawFrom(20_261_121);
  const crashes = await crashEverywhere({
    history: Array.from({ length: FRAMES }, (_, i) =>
      payloadOf(i, random() < 0.9 ? random() * 600 : random() * 5000),
    ),
    ...{ maxSegmentBytes: SMALL_SEGMENT_BYTES, random, tornVariants: TORN_VARIANTS },
  });
  expectAll(crashes, FRAMES);
}, 1_800_000);

it(`${TITLE}: a segment whose zeros grow`, async () => {
  const random = drawFrom(4_711);
  const frames = Math.ceil(FRAMES / 3);
  const crashes = await crashEverywhere({
    history: Array.from({ length: frames }, (_, i) => payloadOf(i, random() * 60_000)),
    ...{ maxSegmentBytes: 1024 * 1024, random, tornVariants: TORN_VARIANTS },
  });
  expectAll(crashes, frames);
}, 1_800_000);

function expectAll(crashes: Crashes, frames: number): void {
  expect(crashes.appends).toBe(frames);
  expect(crashes.calls).toBeGreaterThan(frames * 3);
  expect(crashes.exact + crashes.oneMore).toBe(crashes.recoveries);
  expect(crashes.oneMore).toBeGreaterThan(frames);
  console.log(JSON.stringify(crashes));
}

function drawFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function payloadOf(i: number, bytes: number): string {
  return JSON.stringify([i, 'x'.repeat(Math.floor(bytes))]);
}
