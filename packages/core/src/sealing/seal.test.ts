import { canonicalJson, hash } from '@tksm/abstractions';
import type { StoredValue } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seal, subjectHash, unseal } from './seal.ts';

const values = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<StoredValue>;
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
const nonces = fc.uint8Array({ minLength: 12, maxLength: 12 });
const subject = hash('5'.repeat(64));
const places = fc.string({ maxLength: 20 });

describe('seal', () => {
  it('gives back what was sealed, under its key alone', () => {
    fc.assert(
      fc.property(values, keys, keys, nonces, places, (value, key, otherKey, nonce, place) => {
        const { commitment, body } = seal(key, subject, place, value, nonce);
        expect(canonicalJson(unseal(key, subject, commitment, body) ?? null)).toBe(canonicalJson(value));
        if (Buffer.compare(key, otherKey) !== 0) {
          expect(unseal(otherKey, subject, commitment, body)).toBeUndefined();
        }
      }),
    );
  });

  it('opens no body that was changed, cut short, renamed or given to another subject', () => {
    fc.assert(
      fc.property(values, keys, nonces, fc.nat(), (value, key, nonce, at) => {
        const { commitment, body } = seal(key, subject, 'p', value, nonce);
        const flipped = Uint8Array.from(body);
        flipped[at % body.length] = (flipped[at % body.length] ?? 0) ^ 1;
        expect(unseal(key, subject, commitment, flipped)).toBeUndefined();
        expect(unseal(key, subject, commitment, body.subarray(0, at % body.length))).toBeUndefined();
        expect(unseal(key, subject, hash('0'.repeat(64)), body)).toBeUndefined();
        expect(unseal(key, hash('6'.repeat(64)), commitment, body)).toBeUndefined();
      }),
    );
  });

  it('commits to the same under one key in one place, and to something else everywhere else', () => {
    fc.assert(
      fc.property(values, keys, keys, nonces, nonces, (value, key, otherKey, nonce, other) => {
        const { commitment } = seal(key, subject, 'a', value, nonce);
        expect(seal(key, subject, 'a', value, other).commitment).toBe(commitment);
        expect(seal(key, subject, 'b', value, nonce).commitment).not.toBe(commitment);
        expect(seal(key, subject, 'a', [value], nonce).commitment).not.toBe(commitment);
        if (Buffer.compare(key, otherKey) === 0) return;
        expect(seal(otherKey, subject, 'a', value, nonce).commitment).not.toBe(commitment);
      }),
    );
  });

  it('names subjects by the secret of the zone', () => {
    const [one, two] = [new Uint8Array(32), new Uint8Array(32).fill(1)];
    expect(subjectHash(one, 'ada')).toBe(subjectHash(one, 'ada'));
    expect(subjectHash(one, 'ada')).not.toBe(subjectHash(two, 'ada'));
    expect(subjectHash(one, 'ada')).not.toBe(subjectHash(one, 'bob'));
  });
});
