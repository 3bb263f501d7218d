import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergedPaths } from './merged-paths.ts';

async function* stream(paths: readonly string[]): AsyncGenerator<Buffer> {
  for (const path of paths) yield Buffer.from(path);
}

describe('mergedPaths', () => {
  it('gives the ordered union', async () => {
    const ordered = fc.array(fc.string({ maxLength: 4 }), { maxLength: 8 });
    const bytes = (a: string, b: string): number => Buffer.from(a).compare(Buffer.from(b));
    await fc.assert(
      fc.asyncProperty(fc.array(ordered, { maxLength: 4 }), async (lists) => {
        const merged: string[] = [];
        for await (const path of mergedPaths(lists.map((list) => stream(list.toSorted(bytes))))) {
          merged.push(path.toString());
        }
        expect(merged).toEqual([...new Set(lists.flat())].sort(bytes));
      }),
    );
  });

  it('closes its sources when it is left early', async () => {
    let closed = 0;
    async function* watched(): AsyncGenerator<Buffer> {
      try {
        yield Buffer.from('a');
        yield Buffer.from('b');
      } finally {
        closed += 1;
      }
    }
    for await (const _ of mergedPaths([watched(), watched()])) break;
    expect(closed).toBe(2);
  });
});
