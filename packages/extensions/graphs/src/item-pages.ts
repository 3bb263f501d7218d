import { KernelError } from '@tksm/abstractions';
import type { BlobStore } from '@tksm/abstractions';

/** Bounds of what is held at once. */
export const PAGE_LIMITS = Object.freeze({
  maxItems: 500,
  /** Of all items of a page, with what each costs besides its own bytes. */
  maxBytes: 1_048_576,
  maxLineBytes: 262_144,
});

const NEWLINE = 0x0a;

/**
 * Lines of a blob, each without its newline. Holds one line and one chunk.
 *
 * @throws KernelError `PayloadTooLarge` for a longer line, and as the blob store does
 */
export async function* linesOf(content: ReturnType<BlobStore['read']>): AsyncGenerator<Uint8Array, void> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of content) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield joined(rest, chunk.subarray(start, end));
      rest = new Uint8Array();
      start = end + 1;
    }
    rest = joined(rest, chunk.subarray(start));
  }
  if (rest.length > 0) yield rest;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const length = a.length + b.length;
  if (length > PAGE_LIMITS.maxLineBytes) {
    throw new KernelError('PayloadTooLarge', `an item has more than ${PAGE_LIMITS.maxLineBytes} bytes`);
  }
  return Buffer.concat([a, b], length);
}

/** A run of items, small enough for one step. */
export interface Page<Item> {
  readonly from: number;
  readonly items: readonly Item[];
}

/**
 * Cuts items into pages. Where it cuts depends on the items alone, so that every attempt cuts alike.
 *
 * @param bytesOf what an item adds to a page
 */
export async function* pagesOf<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  bytesOf: (item: Item) => number,
): AsyncGenerator<Page<Item>, void> {
  let page: Item[] = [];
  let bytes = 0;
  let from = 0;
  for await (const item of items) {
    const size = bytesOf(item);
    if (page.length === PAGE_LIMITS.maxItems || (page.length > 0 && bytes + size > PAGE_LIMITS.maxBytes)) {
      yield { from, items: page };
      from += page.length;
      page = [];
      bytes = 0;
    }
    page.push(item);
    bytes += size;
  }
  if (page.length > 0) yield { from, items: page };
}
