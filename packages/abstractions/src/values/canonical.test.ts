import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, storedBytes, utf8Length } from './canonical.ts';
import type { StoredValue } from './value.ts';

const text = fc.string({ unit: 'binary', maxLength: 30 });
const stored = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }) as fc.Arbitrary<StoredValue>;

// RFC 8785, appendix B: IEEE 754 bits and their text.
const NUMBERS: readonly (readonly [bits: bigint, text: string])[] = [
  [0x0000000000000000n, '0'],
  [0x8000000000000000n, '0'],
  [0x0000000000000001n, '5e-324'],
  [0x8000000000000001n, '-5e-324'],
  [0x7fefffffffffffffn, '1.7976931348623157e+308'],
  [0xffefffffffffffffn, '-1.7976931348623157e+308'],
  [0x4340000000000000n, '9007199254740992'],
  [0xc340000000000000n, '-9007199254740992'],
  [0x4430000000000000n, '295147905179352830000'],
  [0x44b52d02c7e14af5n, '9.999999999999997e+22'],
  [0x44b52d02c7e14af6n, '1e+23'],
  [0x44b52d02c7e14af7n, '1.0000000000000001e+23'],
  [0x444b1ae4d6e2ef4en, '999999999999999700000'],
  [0x444b1ae4d6e2ef4fn, '999999999999999900000'],
  [0x444b1ae4d6e2ef50n, '1e+21'],
  [0x3eb0c6f7a0b5ed8cn, '9.999999999999997e-7'],
  [0x3eb0c6f7a0b5ed8dn, '0.000001'],
  [0x41b3de4355555553n, '333333333.3333332'],
  [0x41b3de4355555554n, '333333333.33333325'],
  [0x41b3de4355555555n, '333333333.3333333'],
  [0x41b3de4355555556n, '333333333.3333334'],
  [0x41b3de4355555557n, '333333333.33333343'],
  [0xbecbf647612f3696n, '-0.0000033333333333333333'],
  [0x43143ff3c1cb0959n, '1424953923781206.2'],
];

describe('canonicalJson', () => {
  it('writes the example of RFC 8785 §3.2.2', () => {
    const value = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`) as StoredValue;
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts the keys of RFC 8785 §3.2.3 by their code units', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const value = Object.fromEntries(keys.map((key) => [key, 0]));
    const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'];
    expect(canonicalJson(value)).toBe(`{${sorted.map((key) => `${JSON.stringify(key)}:0`).join(',')}}`);
  });

  it.each(NUMBERS)('writes the number of bits %s as %s', (bits, number) => {
    const value = new DataView(new ArrayBuffer(8));
    value.setBigUint64(0, bits);
    expect(canonicalJson(value.getFloat64(0))).toBe(number);
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(stored, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(normal(value));
      }),
    );
  });

  it('does not depend on the order in which keys were set', () => {
    fc.assert(
      fc.property(fc.dictionary(text, fc.integer()), fc.integer(), (object, cut) => {
        const entries = Object.entries(object);
        const at = entries.length === 0 ? 0 : Math.abs(cut) % entries.length;
        const turned = Object.fromEntries([...entries.slice(at), ...entries.slice(0, at).reverse()]);
        expect(canonicalJson(turned)).toBe(canonicalJson(object));
      }),
    );
  });

  it('tells different values apart', () => {
    fc.assert(
      fc.property(stored, stored, (one, other) => {
        const same = canonicalJson(one) === canonicalJson(other);
        expect(same).toBe(JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)));
      }),
    );
  });
});

describe('utf8Length', () => {
  it('agrees with an encoder', () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(utf8Length(any)).toBe(new TextEncoder().encode(any).length);
      }),
    );
  });
});

describe('storedBytes', () => {
  it('is exact over the limit, and never too little under it', () => {
    fc.assert(
      fc.property(stored, fc.integer({ min: 0, max: 2_000 }), (value, limit) => {
        const exact = new TextEncoder().encode(JSON.stringify(value)).length;
        const bytes = storedBytes(value, limit);
        expect(bytes >= exact).toBe(true);
        if (exact > limit) expect(bytes).toBe(exact);
      }),
    );
  });

  it.each([-0.0000012345678901234567, -2.2250738585072014e-308, -123456789012345680000])(
    'allows for the long text of %d',
    (number) => expect(storedBytes(number, 100)).toBeGreaterThanOrEqual(JSON.stringify(number).length),
  );
});

/** The value with -0 as 0, which JSON does not tell apart. */
function normal(value: StoredValue): unknown {
  return JSON.parse(JSON.stringify(value));
}

function sorted(value: StoredValue): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, sorted(item as StoredValue)]);
  return { members };
}
