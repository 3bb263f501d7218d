import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineReader } from './line-reader.ts';

const LIMIT = 100;

function readAll(pieces: readonly Uint8Array[]): string[] {
  const reader = new LineReader(LIMIT);
  return pieces.flatMap((piece) => [...reader.push(Buffer.from(piece))]);
}

it('gives the same lines however their bytes are cut', () => {
  const line = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\n', ''));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 20 }), (lines, places) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
      cuts.sort((a, b) => a - b);
      const pieces = cuts.slice(1).map((end, at) => bytes.subarray(cuts[at], end));
      expect(readAll(pieces)).toEqual(bytes.toString('utf8').split('\n').slice(0, -1));
    }),
  );
});

it('refuses a line that is too long as soon as it is, without its end', () => {
  expect(() => readAll([Buffer.alloc(60, 'x'), Buffer.alloc(41, 'x')])).toThrow(
    expect.objectContaining({ code: 'WorkerMisbehaved' }),
  );
});
