import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webAssembly } from '../inside/web-assembly.ts';
import { boundedModule } from './bounded-module.ts';
import { u32Bytes } from './byte-reader.ts';

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const section = (id: number, bytes: readonly number[]): number[] => [id, ...u32Bytes(bytes.length), ...bytes];

/** A module with a memory of these limits, exported as `memory`, and something that is left alone before it. */
function moduleWith(least: number, most: number | undefined, note: readonly number[]): Uint8Array {
  const limits = most === undefined ? [0, ...u32Bytes(least)] : [1, ...u32Bytes(least), ...u32Bytes(most)];
  const name = [...Buffer.from('memory')];
  return Uint8Array.from([
    ...HEADER,
    ...section(0, [1, 0x78, ...note]),
    ...section(5, [1, ...limits]),
    ...section(7, [1, name.length, ...name, 2, 0]),
  ]);
}

/** How many pages a module's memory can have. */
function mostPages(bytes: Uint8Array): number {
  const { memory } = new webAssembly.Instance(new webAssembly.Module(bytes), {}).exports;
  const { grow, buffer } = memory as { grow(pages: number): number; readonly buffer: ArrayBuffer };
  let pages = buffer.byteLength / 65_536;
  for (const step of [64, 16, 4, 1]) {
    try {
      for (;;) pages = grow.call(memory, step) + step;
    } catch {
      // It has less room than the step.
    }
  }
  return pages;
}

describe('boundedModule', () => {
  it('bounds what a memory may grow to, and nothing else', () => {
    const pages = fc.integer({ min: 0, max: 200 });
    fc.assert(
      fc.property(
        ...[pages, fc.option(pages, { nil: undefined }), fc.array(fc.nat(255)), pages],
        (least, more, note, bound) => {
          const most = more === undefined ? undefined : least + more;
          const module = moduleWith(least, most, note);
          if (least > bound) {
            expect(() => boundedModule(module, bound)).toThrow(
              expect.objectContaining({ code: 'InvalidInput' }),
            );
            return;
          }
          const bounded = boundedModule(module, bound);
          expect(mostPages(bounded)).toBe(Math.min(most ?? bound, bound));
          expect(boundedModule(bounded, bound)).toEqual(bounded);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('refuses or bounds whatever bytes there are', () => {
    const module = [...moduleWith(3, 9, [1, 2, 3])];
    const change = fc.tuple(fc.nat(module.length - 1), fc.nat(255));
    const changed = fc.array(change, { maxLength: 4 }).map((changes) => {
      const bytes = Uint8Array.from(module);
      for (const [at, byte] of changes) bytes[at] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array()), (bytes) => {
        let bounded: Uint8Array;
        try {
          bounded = boundedModule(bytes, 5);
        } catch (error) {
          expect(error).toMatchObject({ name: 'KernelError', code: 'InvalidInput' });
          return;
        }
        try {
          expect(mostPages(bounded)).toBeLessThanOrEqual(5);
        } catch (error) {
          // The engine refuses it, or it exports no memory.
          if (!(error instanceof webAssembly.CompileError || error instanceof TypeError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
