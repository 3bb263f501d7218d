import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from './virtual-clock.ts';

describe('VirtualClock', () => {
  it('stands still until it is advanced', async () => {
    const clock = new VirtualClock({ start: 1_000 });
    clock.after(10, () => undefined);
    await clock.runUntilIdle();
    expect([clock.now(), clock.monotonic(), clock.nextDueAt]).toEqual([1_000, 0, 1_010]);
    await clock.advanceBy(4);
    expect([clock.now(), clock.monotonic(), clock.nextDueAt]).toEqual([1_004, 4, 1_010]);
    await clock.advanceBy(6);
    expect([clock.now(), clock.nextDueAt, clock.waiting]).toEqual([1_010, undefined, 0]);
  });

  it('runs timers at their own time, in order of time and then of age', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 30 }), fc.nat(60), async (delays, advance) => {
        const clock = new VirtualClock({ start: 0 });
        const seen: (readonly [number, number])[] = [];
        delays.forEach((delayMs, index) => clock.after(delayMs, () => seen.push([clock.now(), index])));
        await clock.advanceBy(advance);
        const due = delays.map((delayMs, index) => [delayMs, index] as const);
        const inOrder = due
          .filter(([delayMs]) => delayMs <= advance)
          .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        expect(seen).toEqual(inOrder);
        expect(clock.waiting).toBe(delays.length - inOrder.length);
      }),
      { numRuns: 50 },
    );
  });

  it('drains promises and `soon` between timers', async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    clock.after(5, () => {
      order.push('timer');
      clock.soon(() => order.push('soon'));
      void (async () => {
        for (let i = 0; i < 50; i++) await Promise.resolve();
        order.push('promise');
      })();
    });
    clock.after(5, () => order.push('second timer'));
    await clock.advanceBy(5);
    expect(order).toEqual(['timer', 'promise', 'soon', 'second timer']);
  });

  it('runs timers that timers set, within the same advance', async () => {
    const clock = new VirtualClock({ start: 0 });
    const beats: number[] = [];
    const beat = (): void => {
      beats.push(clock.now());
      clock.after(10, beat);
    };
    clock.after(10, beat);
    await clock.advanceBy(35);
    expect(beats).toEqual([10, 20, 30]);
    expect(await clock.advanceToNext()).toBe(true);
    expect(clock.now()).toBe(40);
  });

  it('forgets a cancelled timer, even one that is due in the same moment', async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    clock.after(1, () => {
      order.push('first');
      second.cancel();
      second.cancel();
    });
    const second = clock.after(1, () => order.push('second'));
    await clock.advanceBy(1);
    expect(order).toEqual(['first']);
    expect(await clock.advanceToNext()).toBe(false);
  });

  it('runs what is due now by itself, and keeps its order', async () => {
    const clock = new VirtualClock();
    const order: number[] = [];
    clock.soon(() => order.push(1));
    clock.after(0, () => order.push(3));
    clock.soon(() => order.push(2));
    await new Promise<void>((resolve) => void clock.after(0, resolve));
    expect(order).toEqual([1, 2, 3]);
  });

  it('runs nothing by itself when it is manual', async () => {
    const clock = new VirtualClock({ soon: 'manual' });
    const automatic = new VirtualClock();
    const order: string[] = [];
    clock.soon(() => order.push('manual'));
    automatic.soon(() => order.push('automatic'));
    await automatic.runUntilIdle();
    expect(order).toEqual(['automatic']);
    await clock.runUntilIdle();
    expect(order).toEqual(['automatic', 'manual']);
  });

  it('jumps on the wall without touching timers', async () => {
    const clock = new VirtualClock({ start: 1_000 });
    clock.after(10, () => undefined);
    clock.jumpBy(-400);
    expect([clock.now(), clock.monotonic(), clock.nextDueAt]).toEqual([600, 0, 610]);
  });

  it('passes on what a call throws, and goes on after it', async () => {
    const clock = new VirtualClock({ start: 0 });
    clock.after(1, () => {
      throw new Error('thrown in a timer');
    });
    await expect(clock.advanceBy(5)).rejects.toThrow('thrown in a timer');
    expect(clock.now()).toBe(1);
    await clock.advanceBy(4);
    expect(clock.now()).toBe(5);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to advance by %d', async (ms) => {
    await expect(new VirtualClock().advanceBy(ms)).rejects.toMatchObject({ code: 'InvalidInput' });
  });

  it('refuses to be advanced twice at once', async () => {
    const clock = new VirtualClock();
    const advance = clock.advanceBy(1);
    await expect(clock.advanceBy(1)).rejects.toMatchObject({ code: 'InvalidOperation' });
    await advance;
  });
});
