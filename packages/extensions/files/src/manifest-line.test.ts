import { describe, expect, it } from 'vitest';
import { manifestLine } from './manifest-line.ts';

const HASH = 'f'.repeat(64);

describe('manifestLine', () => {
  it('separates hash and name by two spaces', () => {
    expect(manifestLine(HASH, Buffer.from('a b')).toString()).toBe(`${HASH}  a b\n`);
  });

  it('escapes backslash, newline and carriage return, and marks the line', () => {
    expect(manifestLine(HASH, Buffer.from('a\\b\nc\rd')).toString()).toBe(`\\${HASH}  a\\\\b\\nc\\rd\n`);
  });

  it('leaves other bytes as they are', () => {
    const line = manifestLine(HASH, Buffer.from([0xff, 0x09]));
    expect(line.subarray(66)).toEqual(Buffer.from([0xff, 0x09, 0x0a]));
  });
});
