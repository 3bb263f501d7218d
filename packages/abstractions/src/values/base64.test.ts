import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';

describe('toBase64', () => {
  it('agrees with another encoder', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      }),
    );
  });

  it('takes a view into a larger buffer', () => {
    expect(toBase64(new TextEncoder().encode('xfoobarx').subarray(1, 7))).toBe('Zm9vYmFy');
  });
});

describe('fromBase64', () => {
  it('undoes toBase64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      }),
    );
  });

  it('takes a text only when it is what toBase64 would write', () => {
    const letters = fc.constantFrom(...'ABZaz09+/=- \n_é');
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 12 }), (text) => {
        const bytes = fromBase64(text);
        if (bytes !== undefined) expect(toBase64(bytes)).toBe(text);
        else expect(Buffer.from(text, 'base64').toString('base64') === text).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['A', 'AA', 'AAA', 'AA=', '====', '=AAA', 'A===', 'AB==', 'AAB=', 'AA==AAAA', 'A A=', 'AA\n='])(
    'refuses %j',
    (text) => expect(fromBase64(text)).toBeUndefined(),
  );
});
