import { describe, expect, it } from 'vitest';
import { bytesOf, expectSame, listed, readBytes, refOf } from './fixture.ts';
import type { WithStore } from './fixture.ts';

const KIB = 1024;
/** Around the borders of hash blocks, pages and the chunks that stores use. */
const SIZES = [
  0,
  1,
  55,
  56,
  63,
  64,
  65,
  4_095,
  4_096,
  4_097,
  16 * KIB,
  64 * KIB - 1,
  64 * KIB,
  64 * KIB + 1,
  128 * KIB,
  256 * KIB + 1,
  1_024 * KIB,
  3 * 1_024 * KIB + 7,
];

type Source = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

const CUTS: readonly [string, (bytes: Uint8Array) => Source][] = [
  ['one chunk', (bytes) => [bytes]],
  ['chunks of 1000 bytes', (bytes) => cut(bytes, 1_000)],
  ['chunks of 64 KiB, asynchronously', (bytes) => later(cut(bytes, 64 * KIB))],
  ['empty chunks in between', (bytes) => [new Uint8Array(), ...cut(bytes, 30_000), new Uint8Array()]],
  ['one buffer that is used again', (bytes) => reused(bytes, 10_000)],
];

export function writeTests(withStore: WithStore): void {
  describe.each(CUTS)('write, from %s', (_, source) => {
    it.each(SIZES)('keeps %i bytes', (size) =>
      withStore(async ({ store }) => {
        const bytes = bytesOf(size);
        expect(await store.write(source(bytes))).toEqual(refOf(bytes));
        expectSame(await readBytes(store, refOf(bytes).hash), bytes);
        expect(await store.stat(refOf(bytes).hash)).toEqual(refOf(bytes));
        expect(await listed(store)).toEqual([refOf(bytes)]);
      })(),
    );
  });
  describe('write', () => {
    it(
      'stores the same content once, however it is cut',
      withStore(async ({ store }) => {
        const bytes = bytesOf(100_000);
        for (const [, source] of CUTS) expect(await store.write(source(bytes))).toEqual(refOf(bytes));
        expect(await listed(store)).toEqual([refOf(bytes)]);
        expectSame(await readBytes(store, refOf(bytes).hash), bytes);
      }),
    );
    it(
      'takes the same content from many writers at once',
      withStore(async ({ store }) => {
        const bytes = bytesOf(200_000);
        const writes = Array.from({ length: 16 }, () => store.write(later(cut(bytes, 9_999))));
        for (const ref of await Promise.all(writes)) expect(ref).toEqual(refOf(bytes));
        expect(await listed(store)).toEqual([refOf(bytes)]);
        expectSame(await readBytes(store, refOf(bytes).hash), bytes);
      }),
    );
    it(
      'leaves nothing of a source that fails, and passes its error on',
      withStore(async ({ store }) => {
        const bytes = bytesOf(300_000);
        for (const failing of [failAfter(bytes, 0), failAfter(bytes, 2), failAfter(bytes, 1_000)]) {
          await expect(store.write(failing)).rejects.toThrow('the source failed');
        }
        expect(await listed(store)).toEqual([]);
        expect(await store.stat(refOf(bytes).hash)).toBeUndefined();
        expect(await store.write([bytes])).toEqual(refOf(bytes));
      }),
    );
  });
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

async function* later(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) {
    await Promise.resolve();
    yield chunk;
  }
}

function* reused(bytes: Uint8Array, size: number): Iterable<Uint8Array> {
  const buffer = new Uint8Array(size);
  for (const chunk of cut(bytes, size)) {
    buffer.set(chunk);
    yield buffer.subarray(0, chunk.length);
    buffer.fill(0xff);
  }
}

async function* failAfter(bytes: Uint8Array, chunks: number): AsyncIterable<Uint8Array> {
  yield* cut(bytes, 1_000).slice(0, chunks);
  throw new Error('the source failed');
}
