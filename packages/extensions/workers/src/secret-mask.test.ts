import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretMask } from './secret-mask.ts';

function masked(secrets: readonly string[], chunks: readonly string[]): string {
  const mask = new SecretMask(secrets);
  return Buffer.concat([...chunks.map((chunk) => mask.push(Buffer.from(chunk))), mask.end()]).toString();
}

describe('SecretMask', () => {
  it('passes on a stream without secrets as it is', () => {
    expect(masked([], ['one', 'two'])).toBe('onetwo');
  });

  it('masks a secret that is cut between chunks', () => {
    expect(masked(['hunter2'], ['my hun', 'ter', '2!'])).toBe('my ***!');
  });

  it('masks the longer of two secrets that start alike', () => {
    expect(masked(['abc', 'abcdef'], ['xabc', 'defx'])).toBe('x***x');
  });

  it('masks overlapping secrets as one', () => {
    expect(masked(['xab', 'abcd'], ['-xabcd-'])).toBe('-***-');
  });

  it('ignores empty secrets', () => {
    expect(masked([''], ['text'])).toBe('text');
  });

  it('gives the same however the stream is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 40 });
    const secrets = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 5 }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(text, secrets, fc.array(fc.nat(40), { maxLength: 6 }), (whole, list, cuts) => {
        const places = [0, ...cuts.filter((cut) => cut < whole.length), whole.length].sort((a, b) => a - b);
        const chunks = places.slice(1).map((to, index) => whole.slice(places[index], to));
        const result = masked(list, chunks);
        expect(result).toBe(masked(list, [whole]));
        for (const secret of list) expect(result).not.toContain(secret);
      }),
    );
  });

  it('keeps every byte that is no part of a secret', () => {
    const unit = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 60 }),
        fc.string({ unit, minLength: 1, maxLength: 4 }),
        (text, secret) => {
          const covered = new Array<boolean>(text.length).fill(false);
          for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
            covered.fill(true, at, at + secret.length);
          }
          const expected = [...text].filter((_, index) => covered[index] === false).join('');
          expect(masked([secret], [...text]).replaceAll('***', '')).toBe(expected);
        },
      ),
    );
  });
});
