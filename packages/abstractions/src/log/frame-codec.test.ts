import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash, NO_HASH } from '../runtime/ids.ts';
import { decodeFrameHeader, encodeFrameHeader, FRAME_HEADER_BYTES, FRAME_VERSION } from './frame-codec.ts';
import type { FrameHeader } from './frame-codec.ts';

const whole = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER));
const header: fc.Arbitrary<FrameHeader> = fc.record({
  position: whole,
  count: fc.oneof(fc.nat(), fc.constantFrom(1, 2 ** 32 - 1)),
  time: whole,
  epoch: whole,
  previousHash: fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => hash(Buffer.from(bytes).toString('hex'))),
});

function encoded(of: FrameHeader): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES);
  encodeFrameHeader(of, bytes);
  return bytes;
}

const EXAMPLE: FrameHeader = { position: 1, count: 2, time: 3, epoch: 4, previousHash: NO_HASH };

describe('the frame header', () => {
  it('comes back as it was written, also inside a larger buffer', () => {
    fc.assert(
      fc.property(header, fc.nat(9), (of, offset) => {
        expect(decodeFrameHeader(encoded(of))).toEqual(of);
        const around = new Uint8Array(FRAME_HEADER_BYTES + 20).fill(0xee);
        encodeFrameHeader(of, around.subarray(offset));
        expect(decodeFrameHeader(around.subarray(offset))).toEqual(of);
        expect(around.subarray(0, offset).every((byte) => byte === 0xee)).toBe(true);
        expect(around.subarray(offset + FRAME_HEADER_BYTES).every((byte) => byte === 0xee)).toBe(true);
      }),
    );
  });

  it('keeps to its layout, since logs are kept', () => {
    const bytes = encoded({
      position: 0x0102030405,
      count: 0x0a0b0c0d,
      time: 0x018000000001,
      epoch: 7,
      previousHash: hash('0123456789abcdef'.repeat(4)),
    });
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '010000000d0c0b0a' +
        '0504030201000000' +
        '0100000080010000' +
        '0700000000000000' +
        '0123456789abcdef'.repeat(4),
    );
  });

  it('refuses a later layout with FormatTooNew', () => {
    const bytes = encoded(EXAMPLE).with(0, FRAME_VERSION + 1);
    expect(() => decodeFrameHeader(bytes)).toThrow(expect.objectContaining({ code: 'FormatTooNew' }));
  });

  it.each([
    ['no version', encoded(EXAMPLE).with(0, 0)],
    ['a reserved byte', encoded(EXAMPLE).with(2, 1)],
    ['a later version and a reserved byte', encoded(EXAMPLE).with(0, 9).with(3, 1)],
    ['a position over 2^53', encoded(EXAMPLE).with(15, 1)],
    ['a time over 2^53', encoded(EXAMPLE).with(22, 0x20)],
    ['an epoch over 2^53', encoded(EXAMPLE).with(31, 0xff)],
    ['too few bytes', encoded(EXAMPLE).subarray(0, FRAME_HEADER_BYTES - 1)],
    ['no bytes', new Uint8Array()],
  ])('refuses %s with LogDamaged', (_, bytes) => {
    expect(() => decodeFrameHeader(bytes)).toThrow(expect.objectContaining({ code: 'LogDamaged' }));
  });

  it('throws nothing but a KernelError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, versioned) => {
        if (versioned) bytes.set([FRAME_VERSION, 0, 0, 0].slice(0, bytes.length));
        try {
          expect(encoded(decodeFrameHeader(bytes))).toEqual(bytes.slice(0, FRAME_HEADER_BYTES));
        } catch (error) {
          expect(error).toMatchObject({ name: 'KernelError' });
        }
      }),
    );
  });
});
