import { expect, it } from 'vitest';
import { crashEverywhere } from './crash-everywhere.ts';

/** TKSM_FULL=1: the 300 events that the project promises; otherwise as many as a test run has time for. */
const [FRAMES, TORN_VARIANTS] = process.env.TKSM_FULL === '1' ? [300, 6] : [24, 1];

it('a crash at any append or call to the disk leaves what was acknowledged, and at most one frame more', async () => {
  let state = 20_261_121;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const crashes = await crashEverywhere(FRAMES, random, TORN_VARIANTS);
  expect(crashes.appends).toBe(FRAMES);
  expect(crashes.calls).toBeGreaterThan(FRAMES * 3);
  expect(crashes.exact + crashes.oneMore).toBe(crashes.recoveries);
  expect(crashes.oneMore).toBeGreaterThan(FRAMES);
  console.log(JSON.stringify(crashes));
}, 1_800_000);
