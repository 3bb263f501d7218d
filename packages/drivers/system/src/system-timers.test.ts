import { describe, expect, it, vi } from 'vitest';
import { systemClock } from './system-clock.ts';
import { systemTimers } from './system-timers.ts';

const after = (delayMs: number): Promise<void> =>
  new Promise((resolve) => void systemTimers.after(delayMs, resolve));
const soon = (): Promise<void> => new Promise((resolve) => systemTimers.soon(resolve));

describe('systemTimers', () => {
  it('never calls early', async () => {
    for (let i = 0; i < 40; i++) {
      const delayMs = 1 + (i % 4) * 0.7;
      const start = systemClock.monotonic();
      await after(delayMs);
      expect(systemClock.monotonic() - start).toBeGreaterThanOrEqual(delayMs);
    }
  });

  it('does not call inside `after`, whatever the delay', async () => {
    for (const delayMs of [0, -5, Number.NaN]) {
      let inside = true;
      const called = new Promise<boolean>(
        (resolve) => void systemTimers.after(delayMs, () => resolve(inside)),
      );
      inside = false;
      expect(await called).toBe(false);
    }
  });

  it('waits longer than a Node timer can', async () => {
    const call = vi.fn();
    const timers = [2 ** 31, 2 ** 53, Number.POSITIVE_INFINITY].map((ms) => systemTimers.after(ms, call));
    await after(5);
    for (const timer of timers) timer.cancel();
    expect(call).not.toHaveBeenCalled();
  });

  it('does not call what was cancelled', async () => {
    const call = vi.fn();
    const timer = systemTimers.after(1, call);
    timer.cancel();
    timer.cancel();
    await after(5);
    expect(call).not.toHaveBeenCalled();
  });

  it('runs `soon` in order, after the promises that have settled', async () => {
    const order: string[] = [];
    systemTimers.soon(() => order.push('first'));
    systemTimers.soon(() => order.push('second'));
    void Promise.resolve()
      .then(() => undefined)
      .then(() => order.push('promise'));
    await soon();
    expect(order).toEqual(['promise', 'first', 'second']);
  });
});
