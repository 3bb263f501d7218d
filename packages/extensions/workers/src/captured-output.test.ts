import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CapturedOutput } from './captured-output.ts';

function captured(limit: number, ...chunks: readonly (string | Uint8Array)[]): CapturedOutput {
  const output = new CapturedOutput(limit);
  for (const chunk of chunks) output.add(Buffer.from(chunk));
  return output;
}

describe('CapturedOutput', () => {
  it('returns a short stream whole', () => {
    expect(captured(8, 'ab', 'cd', 'efgh').render()).toEqual({ text: 'abcdefgh', truncated: false });
  });

  it('keeps the start and the end of a long one and says what was cut', () => {
    const { text, truncated } = captured(8, '0123', '456789', 'abcdef').render();
    expect(text).toBe('0123\n[... 8 bytes cut ...]\ncdef');
    expect(truncated).toBe(true);
  });

  it('cuts no character in half', () => {
    expect(captured(8, 'aä€😀'.repeat(5)).render().text).toBe('aä\n[... 43 bytes cut ...]\n😀');
  });

  it('returns bytes that are not UTF-8 as bytes', () => {
    expect(captured(8, new Uint8Array([0xff, 0x41])).render().text).toEqual(new Uint8Array([0xff, 0x41]));
  });

  it('keeps nothing when the limit is 0', () => {
    expect(captured(0, 'abc').render()).toEqual({ text: '\n[... 3 bytes cut ...]\n', truncated: true });
  });

  it('gives the same however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(32),
        (bytes, step, limit) => {
          const chunks: Uint8Array[] = [];
          for (let at = 0; at < bytes.length; at += step) chunks.push(bytes.subarray(at, at + step));
          expect(captured(limit, ...chunks).render()).toEqual(captured(limit, bytes).render());
        },
      ),
    );
  });
});
