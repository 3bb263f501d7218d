import { isKernelError } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, LENGTH_BYTES } from './frame-reader.ts';
import { decodeMessage, encodeMessage } from './message-codec.ts';

const LIMIT = 200;
const message = fc.record({ text: fc.string({ maxLength: 20 }), number: fc.integer() });

/** Pieces of some bytes, cut at any places. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])];
  cuts.sort((a, b) => a - b);
  return cuts.slice(1).map((end, at) => bytes.subarray(cuts[at], end));
}

function readAll(reader: FrameReader, pieces: readonly Buffer[]): unknown[] {
  return pieces.flatMap((piece) => [...reader.push(piece)].map(decodeMessage));
}

describe('FrameReader', () => {
  it('gives the same messages however their bytes are split and merged', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (sent, places) => {
          const bytes = Buffer.concat(sent.map((one) => encodeMessage(one, LIMIT)));
          const reader = new FrameReader(LIMIT);
          expect(readAll(reader, cutAt(bytes, places))).toEqual(sent);
          expect(reader.isMidway).toBe(false);
        },
      ),
    );
  });

  it('gives nothing for a message that is cut short, and knows that it waits', () => {
    fc.assert(
      fc.property(message, fc.nat(), (sent, place) => {
        const bytes = encodeMessage(sent, LIMIT);
        const reader = new FrameReader(LIMIT);
        const kept = 1 + (place % (bytes.length - 1));
        expect(readAll(reader, [bytes.subarray(0, kept)])).toEqual([]);
        expect(reader.isMidway).toBe(true);
      }),
    );
  });

  it('refuses a length over its limit before it takes a byte of the body', () => {
    fc.assert(
      fc.property(fc.integer({ min: LIMIT + 1, max: 2 ** 32 - 1 }), (bytes) => {
        const head = Buffer.alloc(LENGTH_BYTES);
        head.writeUInt32BE(bytes);
        const push = (): unknown => [...new FrameReader(LIMIT).push(head)];
        expect(push).toThrow(
          expect.objectContaining({ code: 'PayloadTooLarge', data: { bytes, limit: LIMIT } }),
        );
      }),
    );
  });

  it('answers garbage with a typed error or with nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (pieces) => {
        try {
          readAll(
            new FrameReader(LIMIT),
            pieces.map((piece) => Buffer.from(piece)),
          );
        } catch (error) {
          if (!isKernelError(error)) throw error;
          expect(['InvalidInput', 'PayloadTooLarge']).toContain(error.code);
        }
      }),
    );
  });

  it('refuses an empty message, and text that is no UTF-8', () => {
    expect(() => [...new FrameReader(LIMIT).push(Buffer.alloc(LENGTH_BYTES))]).toThrow('empty');
    expect(() => decodeMessage(Buffer.from([0x22, 0xff, 0x22]))).toThrow('no JSON in UTF-8');
  });
});

describe('encodeMessage', () => {
  it('refuses what is over the limit in UTF-8', () => {
    expect(() => encodeMessage({ text: 'é'.repeat(95) }, LIMIT)).toThrow(
      expect.objectContaining({ code: 'PayloadTooLarge' }),
    );
  });
});
