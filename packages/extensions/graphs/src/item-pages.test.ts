import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf, PAGE_LIMITS, pagesOf } from './item-pages.ts';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('linesOf', () => {
  it('gives the lines however the bytes are cut', async () => {
    const lines = fc.array(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '')));
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 9 }), async (texts, size) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
        const found = await all(linesOf(chunks(bytes, size)));
        expect(found.map((line) => Buffer.from(line).toString())).toEqual(
          texts.map((text) => Buffer.from(text).toString()),
        );
      }),
    );
  });

  it('refuses a line that is too long', async () => {
    const bytes = Buffer.alloc(PAGE_LIMITS.maxLineBytes + 1, 'x');
    await expect(all(linesOf(chunks(bytes, 65_536)))).rejects.toMatchObject({ code: 'PayloadTooLarge' });
  });
});

describe('pagesOf', () => {
  it('keeps every item in order, within the bounds', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: PAGE_LIMITS.maxBytes * 2 }), { maxLength: 1_500 });
    await fc.assert(
      fc.asyncProperty(sizes, async (items) => {
        const pages = await all(pagesOf(items, (size) => size));
        expect(pages.flatMap((page) => page.items)).toEqual(items);
        for (const page of pages) {
          expect(page.items.length).toBeLessThanOrEqual(PAGE_LIMITS.maxItems);
          const bytes = page.items.reduce((sum, size) => sum + size, 0);
          expect(page.items.length === 1 || bytes <= PAGE_LIMITS.maxBytes).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});
