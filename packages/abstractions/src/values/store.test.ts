import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromStored, toStored } from './store.ts';
import { VALUE_LIMITS } from './value.ts';
import type { StoredValue, Value } from './value.ts';

const key = fc
  .string({ unit: 'binary', maxLength: 8 })
  .filter((text) => !['__proto__', '$bigint', '$bytes'].includes(text));
const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.bigInt(),
  fc.uint8Array({ maxLength: 12 }),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}));

function nested(depth: number): unknown {
  return depth === 0 ? 'core' : depth % 2 === 0 ? [nested(depth - 1)] : { in: nested(depth - 1) };
}

const cycle: unknown[] = [];
cycle.push({ cycle });

describe('toStored', () => {
  it('gives back every value unchanged, through JSON', () => {
    fc.assert(
      fc.property(value, (any) => {
        expect(fromStored(JSON.parse(JSON.stringify(toStored(any))) as StoredValue)).toEqual(plain(any));
      }),
      { numRuns: 500 },
    );
  });

  it('gives what storing its JSON would give, so that live state and replay agree', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withSparseArray: true, withTypedArray: true }), (any) => {
        let stored: StoredValue;
        try {
          stored = toStored(any);
        } catch (error) {
          expect(error).toMatchObject({ code: 'InvalidValue' });
          return;
        }
        expect(JSON.parse(JSON.stringify(stored))).toStrictEqual(stored);
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes what it has stored as a value again', () => {
    fc.assert(
      fc.property(value, (any) => {
        expect(toStored(toStored(any))).toEqual(toStored(any));
      }),
    );
  });

  it('shares nothing with what it was given', () => {
    const bytes = new Uint8Array([1]);
    const input = { list: [1], bytes };
    const stored = toStored(input);
    input.list.push(2);
    bytes[0] = 9;
    expect(stored).toEqual({ list: [1], bytes: { $bytes: 'AQ==' } });
  });

  it('treats undefined and -0 as JSON does', () => {
    expect(toStored(undefined)).toBe(null);
    expect(toStored({ kept: 1, gone: undefined })).toEqual({ kept: 1 });
    expect(toStored([undefined])).toEqual([null]);
    expect(Object.is(toStored(-0), 0)).toBe(true);
  });

  const refused: readonly [string, unknown, string][] = [
    ['NaN', Number.NaN, ''],
    ['an infinity', { a: [1, Number.NEGATIVE_INFINITY] }, '/a/1'],
    ['a lone high surrogate', 'a\ud83d', ''],
    ['a lone low surrogate', ['\ude00b'], '/0'],
    ['a surrogate pair the wrong way round', '\ude00\ud83d', ''],
    ['a lone surrogate in a key', { '\ud83d': 1 }, ''],
    ['a __proto__ key', { a: JSON.parse('{"__proto__": 1}') as unknown }, '/a'],
    ['a function', { f: () => 1 }, '/f'],
    ['a symbol', Symbol('s'), ''],
    ['a Date', { 'a/b~c': new Date(0) }, '/a~1b~0c'],
    ['a Map', new Map(), ''],
    [
      'a class instance',
      new (class Thing {
        field = 1;
      })(),
      '',
    ],
    ['another typed array', new Float32Array(1), ''],
    ['a hole', [1, , 3], '/1'],
    ['an array of holes', new Array(4_294_967_295), '/0'],
    ['a number under the bigint tag', { $bigint: 1 }, ''],
    ['a bigint tag with a leading zero', { $bigint: '01' }, ''],
    ['minus nought under the bigint tag', { $bigint: '-0' }, ''],
    ['a bigint tag with company', { $bigint: '1', more: 1 }, ''],
    ['loose base64 under the bytes tag', { $bytes: 'AB==' }, ''],
    ['a bytes tag with company', { $bytes: '', more: 1 }, ''],
    ['a cycle', cycle, '/0/cycle'.repeat(VALUE_LIMITS.maxDepth / 2)],
  ];
  it.each(refused)('refuses %s, and says where', (_, any, path) => {
    expect(() => toStored(any)).toThrow(expect.objectContaining({ code: 'InvalidValue', data: { path } }));
  });

  it('refuses a getter that throws', () => {
    const any = Object.defineProperty({}, 'bad', {
      enumerable: true,
      get: () => {
        throw new TypeError('no');
      },
    });
    expect(() => toStored(any)).toThrow(expect.objectContaining({ code: 'InvalidValue' }));
  });

  it('takes the deepest nesting allowed and refuses one more', () => {
    const deepest = nested(VALUE_LIMITS.maxDepth);
    expect(fromStored(toStored(deepest))).toEqual(deepest);
    expect(() => toStored(nested(VALUE_LIMITS.maxDepth + 1))).toThrow(
      expect.objectContaining({ code: 'InvalidValue' }),
    );
  });

  it('takes keys that objects inherit, and objects without a prototype', () => {
    const object = { constructor: 1, toString: 2, hasOwnProperty: 3 };
    expect(fromStored(toStored(object))).toEqual(object);
    expect(toStored(Object.assign(Object.create(null), { a: 1 }))).toEqual({ a: 1 });
  });
});

describe('fromStored', () => {
  it('leaves prototypes alone, whatever a log holds', () => {
    const value = fromStored(JSON.parse('{"__proto__": {"polluted": true}}') as StoredValue);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect('polluted' in {}).toBe(false);
  });
});

/** The value with plain prototypes, as it comes back. */
function plain(any: Value): unknown {
  if (Array.isArray(any)) return any.map(plain);
  if (any === null || typeof any !== 'object' || any instanceof Uint8Array) return any;
  return Object.fromEntries(Object.entries(any).map(([name, item]) => [name, plain(item as Value)]));
}
