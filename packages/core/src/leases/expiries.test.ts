import { VirtualClock } from '@tksm/drivers-memory';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Expiries } from './expiries.ts';
import { Expiring } from './expiry-list.ts';

class Entry extends Expiring {
  readonly #tell: () => void;

  constructor(tell: () => void) {
    super();
    this.#tell = tell;
  }

  expired(): void {
    this.#tell();
  }
}

/** Time by hand: the wall clock may stand anywhere. */
function clockOf(): { wall: number; elapsed: number; now(): number; monotonic(): number } {
  return {
    wall: 1_000,
    elapsed: 0,
    now() {
      return this.wall;
    },
    monotonic() {
      return this.elapsed;
    },
  };
}

const act = fc.record({
  what: fc.constantFrom('add', 'remove', 'renew', 'pass', 'expire'),
  which: fc.nat(9),
  ms: fc.integer({ min: 1, max: 20 }),
});

it('agrees with a model, whatever the wall clock does', () => {
  fc.assert(
    fc.property(fc.array(act, { size: 'medium' }), (acts) => {
      const clock = clockOf();
      const expiries = new Expiries(clock);
      const due = new Map<number, number>();
      const entries = new Map<number, Entry>();
      const durations = new Map<number, number>();
      const expired: number[] = [];
      for (const { what, which, ms } of acts) {
        const entry = entries.get(which);
        if (what === 'add' && entry === undefined) {
          const fresh = new Entry(() => {
            expired.push(which);
            entries.delete(which);
          });
          entries.set(which, fresh);
          durations.set(which, ms);
          due.set(which, clock.elapsed + ms);
          expiries.add(fresh, ms);
        } else if (what === 'remove' && entry !== undefined) {
          expiries.remove(entry);
          entries.delete(which);
          due.delete(which);
        } else if (what === 'renew' && entry !== undefined) {
          expiries.renew(entry);
          due.set(which, clock.elapsed + (durations.get(which) ?? 0));
        } else if (what === 'pass') {
          clock.elapsed += ms;
          clock.wall += which % 2 === 0 ? ms : -ms * 100;
        } else if (what === 'expire') {
          expired.length = 0;
          expiries.expire();
          const over = [...due].filter(([, at]) => at <= clock.elapsed).map(([id]) => id);
          expect([...expired].sort()).toEqual(over.sort());
          for (const id of over) due.delete(id);
        }
        expect(expiries.size).toBe(due.size);
      }
    }),
  );
});

it('says when to look in good time for the first that expires, and not at all for none', () => {
  const clock = new VirtualClock({ start: 5_000 });
  const expiries = new Expiries(clock);
  const entry = new Entry(() => undefined);
  expect(expiries.nextLook).toBe(Number.POSITIVE_INFINITY);
  expiries.add(entry, 300);
  expect(expiries.nextLook).toBe(5_300);
  expiries.add(new Entry(() => undefined), 100);
  expect(expiries.nextLook).toBe(5_100);
  expiries.remove(entry);
  expect(expiries.size).toBe(1);
});

it('asks the clock for nothing but the elapsed time while many come and go beside those that stay', () => {
  const clock = clockOf();
  let asked = 0;
  const expiries = new Expiries({ ...clock, now: () => (asked += 1), monotonic: () => 0 });
  for (let n = 0; n < 1_000; n++) expiries.add(new Entry(() => undefined), 60_000);
  for (let n = 0; n < 10_000; n++) {
    const short = new Entry(() => undefined);
    expiries.add(short, 60_000);
    expiries.remove(short);
  }
  expect(expiries.size).toBe(1_000);
  expect(asked).toBe(1);
});
