import { handleId } from '@tksm/abstractions';
import type { CapabilityRecord, Caveats } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_METER, UseMeters } from './use-meters.ts';

function record(caveats: Caveats, counted: Pick<CapabilityRecord, 'uses' | 'spent'> = {}): CapabilityRecord {
  const id = handleId('h');
  return { id, parent: id, rights: [], position: 1, time: 0, caveats, ...counted };
}

/** A handle as somebody would write it who has few. */
interface Plain {
  readonly caveats: Caveats;
  readonly above: Plain | undefined;
  /** Instants of its uses. */
  readonly uses: number[];
}

/** The bucket of a rate, told from the list of its uses. */
function missing({ caveats: { rate }, uses }: Plain, now: number): number {
  if (rate === undefined) return 0;
  let [tokens, at] = [0, 0];
  for (const use of uses) {
    tokens = Math.max(0, tokens - ((use - at) * rate.limit) / rate.periodMs) + 1;
    at = use;
  }
  return Math.max(0, tokens - ((now - at) * rate.limit) / rate.periodMs);
}

function hasRoom(plain: Plain, more: number, now: number): boolean {
  const { count = Infinity, rate } = plain.caveats;
  return plain.uses.length + more <= count && missing(plain, now) + more <= (rate?.limit ?? Infinity) + 1e-6;
}

function* upFrom(plain: Plain | undefined): Generator<Plain> {
  for (let at = plain; at !== undefined; at = at.above) yield at;
}

const caveats = fc.record(
  {
    count: fc.integer({ min: 1, max: 30 }),
    rate: fc.record({ limit: fc.integer({ min: 1, max: 10 }), periodMs: fc.integer({ min: 1, max: 1_000 }) }),
  },
  { requiredKeys: [] },
);
const act = fc.oneof(
  fc.record({ what: fc.constant('open' as const), caveats, above: fc.nat() }),
  fc.record({ what: fc.constant('close' as const), which: fc.nat() }),
  fc.record({
    what: fc.constant('use' as const),
    which: fc.nat(),
    more: fc.integer({ min: 1, max: 4 }),
    ms: fc.nat(300),
  }),
);

describe('the meters of handles', () => {
  it('refuse exactly what a bound of a handle, or of one above it, leaves no room for', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
        const meters = new UseMeters();
        const live: { plain: Plain; row: number }[] = [];
        let now = 1_000;
        for (const one of acts) {
          if (one.what === 'open') {
            const above = live[one.above % (live.length + 1)];
            const plain = { caveats: one.caveats, above: above?.plain, uses: [] };
            live.push({ plain, row: meters.open(record(one.caveats), above?.row ?? NO_METER) });
            continue;
          }
          const at = live[one.which % Math.max(1, live.length)];
          if (at === undefined) continue;
          if (one.what === 'close') {
            // It goes with all below it.
            for (const { plain, row } of live)
              if ([...upFrom(plain)].includes(at.plain) && bounded(plain)) meters.close(row);
            live.splice(
              0,
              live.length,
              ...live.filter(({ plain }) => ![...upFrom(plain)].includes(at.plain)),
            );
            continue;
          }
          now += one.ms;
          const full = [...upFrom(at.plain)].find((plain) => !hasRoom(plain, one.more, now));
          const refusing = meters.refusing(at.row, one.more, now);
          expect(refusing).toBe(
            full === undefined ? NO_METER : live.find(({ plain }) => plain === full)?.row,
          );
          if (full !== undefined) continue;
          for (let use = 0; use < one.more; use++) meters.count(at.row, now);
          for (const plain of upFrom(at.plain)) plain.uses.push(...Array<number>(one.more).fill(now));
          if (bounded(at.plain)) expect(meters.read(at.row).uses).toBe(at.plain.uses.length);
        }
      }),
    );
  });

  it('go on from what a record says', () => {
    const meters = new UseMeters();
    const rate = { limit: 2, periodMs: 100 };
    const row = meters.open(record({ count: 5, rate }, { uses: 3, spent: { tokens: 2, at: 50 } }), NO_METER);
    expect(meters.read(row)).toEqual({ uses: 3, spent: { tokens: 2, at: 50 } });
    expect(meters.refusing(row, 1, 50)).toBe(row);
    expect(meters.refusing(row, 1, 100)).toBe(NO_METER);
    expect(meters.refusing(row, 3, 10_000)).toBe(row);
  });
});

function bounded({ caveats: { count, rate } }: Plain): boolean {
  return (count ?? rate) !== undefined;
}
