import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentId, commandId, handleId, hash, jobId, kindName, NO_HASH, zoneId } from './ids.ts';

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

describe('ids of 128 bits and hashes', () => {
  it('take lower-case hex digits of their length', () => {
    fc.assert(
      fc.property(hex(32), hex(64), (id, digest) => {
        expect([zoneId(id), jobId(id), hash(digest)]).toEqual([id, id, digest]);
      }),
    );
  });

  it.each(['', 'A'.repeat(32), 'g'.repeat(32), 'a'.repeat(31), 'a'.repeat(33), `${'a'.repeat(32)}\n`])(
    'refuse %j',
    (text) => {
      for (const check of [zoneId, jobId, hash]) {
        expect(() => check(text)).toThrow(expect.objectContaining({ code: 'InvalidInput' }));
      }
    },
  );

  it('say what a text is not', () => {
    expect(() => agentId('nope')).toThrow('"nope" is not an agent id');
    expect(() => jobId('nope')).toThrow('"nope" is not a job id');
  });

  it('begin with a hash of zeros', () => expect(NO_HASH).toBe('0'.repeat(64)));
});

describe('names', () => {
  it.each(['a', 'A_0.b:c-d', 'x'.repeat(128)])('take %j', (text) => {
    expect([commandId(text), handleId(text), kindName(text)]).toEqual([text, text, text]);
  });

  it('take a slash in a command but not in a kind', () => {
    expect(commandId('a/b')).toBe('a/b');
    expect(() => kindName('a/b')).toThrow(expect.objectContaining({ code: 'InvalidInput' }));
  });

  it.each(['', 'x'.repeat(129), 'a b', 'é', 'a\n', '\u0000', '__proto__\u2028', '😀'])(
    'refuse %j',
    (text) => {
      for (const check of [commandId, handleId, kindName]) {
        expect(() => check(text)).toThrow(expect.objectContaining({ code: 'InvalidInput' }));
      }
    },
  );

  it.each([undefined, null, 12, {}, ['a'], Symbol('s')])('refuse what is no text: %o', (other) => {
    for (const check of [commandId, handleId, kindName, jobId]) {
      expect(() => check(other as unknown as string)).toThrow(
        expect.objectContaining({ code: 'InvalidInput' }),
      );
    }
  });
});
