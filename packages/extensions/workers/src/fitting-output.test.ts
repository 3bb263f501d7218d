import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toStored } from '@tksm/abstractions';
import { CapturedOutput } from './captured-output.ts';
import { fittedOutput } from './fitting-output.ts';

function captured(bytes: Uint8Array): CapturedOutput {
  const output = new CapturedOutput(65_536);
  output.add(bytes);
  return output;
}

describe('fittedOutput', () => {
  it('leaves streams alone that fit', () => {
    const fitted = fittedOutput(captured(Buffer.from('out')), captured(Buffer.from('err')), 1_000);
    expect(fitted).toEqual({ stdout: 'out', stderr: 'err', truncated: false });
  });

  it('stays within the budget whatever the streams hold', () => {
    const stream = fc.oneof(
      fc.uint8Array({ maxLength: 3_000 }),
      fc.string({ unit: 'binary', maxLength: 3_000 }).map((text) => Buffer.from(text)),
      fc.nat(3_000).map((length) => Buffer.alloc(length)),
    );
    fc.assert(
      fc.property(stream, stream, (out, err) => {
        const { stdout, stderr } = fittedOutput(captured(out), captured(err), 1_000);
        expect(
          JSON.stringify(toStored(stdout)).length + JSON.stringify(toStored(stderr)).length,
        ).toBeLessThan(1_100);
      }),
      { numRuns: 50 },
    );
  });

  it('gives the room one stream leaves to the other', () => {
    const { stdout, truncated } = fittedOutput(
      captured(Buffer.alloc(900, 'a')),
      captured(Buffer.alloc(0)),
      1_000,
    );
    expect(stdout).toBe('a'.repeat(900));
    expect(truncated).toBe(false);
  });
});
