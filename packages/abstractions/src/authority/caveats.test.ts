import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversCaveats, refusingCaveat } from './caveats.ts';
import type { AskedUse, Caveats } from './caveats.ts';
import { parseCaveats } from './parse-caveats.ts';

const ALL: Caveats = {
  expiresAt: 1_000,
  count: 5,
  rate: { limit: 10, periodMs: 1_000 },
  hosts: ['*.b.com', 'a.com'],
  within: '/corp',
  amount: '100',
  kinds: ['mail', 'notes'],
};

describe('parseCaveats', () => {
  it('gives the canonical form', () => {
    const hosts = ['B.Com.', 'b.com', '*.A.com', '[::1]', '127.0.0.1'];
    const given = { kinds: ['b', 'a', 'b'], hosts, within: '/', amount: '0', count: undefined, expiresAt: 0 };
    expect(JSON.stringify(parseCaveats(given))).toBe(
      '{"expiresAt":0,"hosts":["*.a.com","127.0.0.1","[::1]","b.com"],"within":"/","amount":"0","kinds":["a","b"]}',
    );
    expect(parseCaveats({})).toEqual({});
    expect(parseCaveats(ALL)).toEqual(ALL);
  });

  it('takes what is at its bounds', () => {
    const kinds = Array.from({ length: 64 }, (_, index) => `k${String(index).padStart(2, '0')}`);
    const widest = {
      expiresAt: 8.64e15,
      rate: { limit: 1_000_000, periodMs: 8_640_000_000 },
      amount: '9'.repeat(78),
      kinds,
    };
    expect(parseCaveats(widest)).toEqual(widest);
  });
});

describe('refusingCaveat', () => {
  const use = { at: 999, host: 'x.B.com.', path: '/corp/a', amount: 100n, kind: 'mail' };

  it.each<readonly [keyof Caveats | undefined, Partial<AskedUse>]>([
    [undefined, {}],
    [undefined, { path: '/corp', host: 'a.com', amount: 0n }],
    ['expiresAt', { at: 1_000 }],
    ['expiresAt', { at: 1_000, host: 'c.com' }],
    ['hosts', { host: 'c.com', path: '/' }],
    ['within', { path: '/corp-old', amount: 101n }],
    ['amount', { amount: 101n, kind: 'other' }],
    ['kinds', { kind: 'other' }],
  ])('names the first that refuses: %s', (refusing, part) => {
    expect(refusingCaveat(ALL, { ...use, ...part })).toBe(refusing);
  });

  it('says nothing about what the use does not touch', () =>
    expect(refusingCaveat(ALL, { at: 0 })).toBeUndefined());
  it('has nothing to say without caveats', () => expect(refusingCaveat({}, use)).toBeUndefined());
  it('takes the root for all that begins with it', () => {
    expect(refusingCaveat({ within: '/' }, use)).toBeUndefined();
    expect(refusingCaveat({ within: '/' }, { ...use, path: 'corp/a' })).toBe('within');
  });
});

describe('coversCaveats', () => {
  it.each<Caveats>([
    ALL,
    { ...ALL, expiresAt: 999, count: 4, amount: '99' },
    { ...ALL, rate: { limit: 1, periodMs: 100 } },
    { ...ALL, hosts: ['b.b.com', '*.c.b.com'], within: '/corp/a', kinds: ['mail'] },
  ])('takes what is as narrow or narrower', (child) => expect(coversCaveats(ALL, child)).toBe(true));

  it.each<Caveats>([
    { ...ALL, expiresAt: 1_001 },
    { ...ALL, count: 6 },
    { ...ALL, rate: { limit: 11, periodMs: 100_000 } },
    { ...ALL, rate: { limit: 10, periodMs: 999 } },
    { ...ALL, rate: { limit: 1, periodMs: 99 } },
    { ...ALL, hosts: ['a.com', 'c.com'] },
    { ...ALL, hosts: ['*.a.com'] },
    { ...ALL, hosts: ['b.com'] },
    { ...ALL, hosts: ['*.com'] },
    { ...ALL, within: '/' },
    { ...ALL, within: '/corp-old' },
    { ...ALL, amount: '101' },
    { ...ALL, amount: '1000' },
    { ...ALL, kinds: ['mail', 'other'] },
  ])('refuses what is wider in one: %j', (child) => expect(coversCaveats(ALL, child)).toBe(false));

  it.each(Object.keys(ALL))('refuses a child without %s', (name) => {
    expect(coversCaveats(ALL, parseCaveats({ ...ALL, [name]: undefined }))).toBe(false);
  });
});

// Few values, so that caveats often have to do with each other.
const some = <T>(...values: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...values], { minLength: 1 });
const host = ['a.com', 'b.a.com', '*.a.com', '*.b.a.com'];
const path = ['/', '/corp', '/corp/a', '/corp-old'];
const small = fc.integer({ min: 1, max: 4 });
const caveats: fc.Arbitrary<Caveats> = fc
  .record(
    {
      expiresAt: small,
      count: small,
      rate: fc.record({ limit: small, periodMs: small }),
      hosts: some(...host),
      within: fc.constantFrom(...path),
      amount: small.map(String),
      kinds: some('a', 'b', 'c'),
    },
    { requiredKeys: [] },
  )
  .map(parseCaveats);
const use: fc.Arbitrary<AskedUse> = fc.record(
  {
    at: fc.integer({ min: 0, max: 5 }),
    host: fc.constantFrom('a.com', 'b.a.com', 'c.b.a.com', 'com', '.a.com'),
    path: fc.constantFrom(...path, '/corp/a/b', '/corp/../x', 'corp'),
    amount: fc.bigInt(-1n, 5n),
    kind: fc.constantFrom('a', 'b', 'c', 'd'),
  },
  { requiredKeys: ['at'] },
);

/** Some of what caveats allow, changed in one place: often narrower, sometimes wider. */
const step = fc.tuple(caveats, fc.constantFrom(...(Object.keys(ALL) as (keyof Caveats)[])));
function change(parent: Caveats, [by, name]: readonly [Caveats, keyof Caveats]): Caveats {
  return parseCaveats({ ...parent, ...(by[name] !== undefined && { [name]: by[name] }) });
}

describe('a chain of caveats', () => {
  it('allows less with every step that is covered, and the last is covered by the first', () => {
    let hits = 0;
    fc.assert(
      fc.property(
        caveats,
        fc.array(step, { maxLength: 8 }),
        fc.array(use, { maxLength: 8 }),
        (first, steps, uses) => {
          expect(coversCaveats(first, first)).toBe(true);
          let last = first;
          for (const one of steps) {
            const next = change(last, one);
            if (!coversCaveats(last, next)) continue;
            for (const asked of uses) {
              if (refusingCaveat(next, asked) !== undefined) continue;
              hits++;
              expect(refusingCaveat(last, asked)).toBeUndefined();
            }
            last = next;
          }
          expect(coversCaveats(first, last)).toBe(true);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(hits).toBeGreaterThan(1_000);
  });

  it('is read from what it is written as', () => {
    fc.assert(
      fc.property(caveats, (one) => {
        expect(parseCaveats(JSON.parse(JSON.stringify(one)))).toEqual(one);
      }),
    );
  });

  it('is read, or refused with a KernelError, from whatever there is', () => {
    const value = fc.oneof(
      fc.anything(),
      fc.constantFrom('1', '/a', '*.com', 1, -1, 1.5, ['a'], [[]], {}, 1n),
    );
    const names = fc.constantFrom(...Object.keys(ALL));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.dictionary(names, value)), (given) => {
        try {
          expect(coversCaveats(parseCaveats(given), parseCaveats(given))).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({
            name: 'KernelError',
            code: expect.stringMatching(/^Invalid(Input|Value)$/),
          });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
