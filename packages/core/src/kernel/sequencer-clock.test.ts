import { noLogger } from '@tksm/abstractions';
import { VirtualClock } from '@tksm/drivers-memory';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLOCK_JUMP_MS,
  JUMP_HOLD_MS,
  LONG_PAUSE_MS,
  PAUSE_HOLD_MS,
  SequencerClock,
} from './sequencer-clock.ts';

const START = 1_000_000_000_000;
const HOUR_MS = 3_600_000;

function clockAfter(pauseMs: number) {
  const wall = new VirtualClock({ start: START, soon: 'manual' });
  return { wall, clock: new SequencerClock(wall, START - pauseMs, noLogger) };
}

describe('the time of a zone', () => {
  it('follows the wall clock through small corrections', async () => {
    const { wall, clock } = clockAfter(1_000);
    for (const ms of [1_000, -2_000, CLOCK_JUMP_MS, -CLOCK_JUMP_MS]) {
      wall.jumpBy(ms);
      await wall.advanceBy(10);
      expect(clock.now()).toBe(wall.now());
    }
    expect(clock.doubt).toBeUndefined();
  });

  it('goes on by elapsed time after a jump ahead, and believes it once it has lasted', async () => {
    const { wall, clock } = clockAfter(1_000);
    wall.jumpBy(HOUR_MS);
    expect([clock.now(), clock.doubt]).toEqual([START, { aheadMs: HOUR_MS, leftMs: JUMP_HOLD_MS }]);
    await wall.advanceBy(JUMP_HOLD_MS - 1);
    expect(clock.now()).toBe(START + JUMP_HOLD_MS - 1);
    await wall.advanceBy(1);
    expect([clock.now(), clock.doubt]).toEqual([START + HOUR_MS + JUMP_HOLD_MS, undefined]);
  });

  it('forgets a jump that is taken back, and waits anew for another', async () => {
    const { wall, clock } = clockAfter(1_000);
    wall.jumpBy(HOUR_MS);
    clock.now();
    await wall.advanceBy(JUMP_HOLD_MS / 2);
    wall.jumpBy(-HOUR_MS);
    expect([clock.now(), clock.doubt]).toEqual([wall.now(), undefined]);
    wall.jumpBy(2 * HOUR_MS);
    clock.now();
    await wall.advanceBy(JUMP_HOLD_MS / 2);
    wall.jumpBy(HOUR_MS);
    expect(clock.doubt?.leftMs).toBe(JUMP_HOLD_MS);
  });

  it('goes on by elapsed time while the wall clock is behind', async () => {
    const { wall, clock } = clockAfter(1_000);
    wall.jumpBy(-HOUR_MS);
    await wall.advanceBy(2 * JUMP_HOLD_MS);
    expect([clock.now(), clock.doubt]).toEqual([START + 2 * JUMP_HOLD_MS, { aheadMs: -HOUR_MS }]);
    wall.jumpBy(HOUR_MS);
    expect([clock.now(), clock.doubt]).toEqual([wall.now(), undefined]);
  });

  it('believes an ordinary pause at once, and a very long one a moment later', async () => {
    expect(clockAfter(LONG_PAUSE_MS).clock.now()).toBe(START);
    const { wall, clock } = clockAfter(LONG_PAUSE_MS + 1);
    expect(clock.now()).toBe(START - LONG_PAUSE_MS - 1);
    await wall.advanceBy(PAUSE_HOLD_MS);
    expect(clock.now()).toBe(wall.now());
  });

  it('begins where the log ended when the wall clock is far behind it', () => {
    const { clock } = clockAfter(-HOUR_MS);
    expect([clock.now(), clock.doubt]).toEqual([START + HOUR_MS, { aheadMs: -HOUR_MS }]);
  });

  it('never goes back by more than a small correction, nor ahead of both clocks', async () => {
    const step = fc.record({
      jumpMs: fc.integer({ min: -3 * HOUR_MS, max: 3 * HOUR_MS }),
      passMs: fc.nat(2 * JUMP_HOLD_MS),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { wall, clock } = clockAfter(1_000);
        let [last, elapsed] = [clock.now(), wall.monotonic()];
        for (const { jumpMs, passMs } of steps) {
          wall.jumpBy(jumpMs);
          await wall.advanceBy(passMs);
          const now = clock.now();
          const passed = wall.monotonic() - elapsed;
          expect(now).toBeGreaterThanOrEqual(last + passed - CLOCK_JUMP_MS);
          expect(now).toBeLessThanOrEqual(Math.max(wall.now(), last + passed));
          [last, elapsed] = [now, wall.monotonic()];
        }
      }),
      { numRuns: 200 },
    );
  });
});
