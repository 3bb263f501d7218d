import { hash } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { byHash, bytesOf, expectSame, listed, readBytes, refOf } from './fixture.ts';
import type { WithStore } from './fixture.ts';

const NOWHERE = hash('0123456789abcdef'.repeat(4));

export function accessTests(withStore: WithStore): void {
  describe('read', () => {
    it(
      'refuses a blob that is not there',
      withStore(async ({ store }) => {
        await store.write([bytesOf(10)]);
        await expect(readBytes(store, NOWHERE)).rejects.toMatchObject({ code: 'BlobNotFound' });
      }),
    );
    it(
      'can be left early and go on side by side',
      withStore(async ({ store }) => {
        const bytes = bytesOf(1_000_000);
        const ref = await store.write([bytes]);
        for await (const chunk of store.read(ref.hash)) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }
        const reads = await Promise.all([1, 2, 3].map(() => readBytes(store, ref.hash)));
        for (const read of reads) expectSame(read, bytes);
      }),
    );
    it(
      'gives bytes of its own, which the reader may change',
      withStore(async ({ store }) => {
        const bytes = bytesOf(70_000);
        const ref = await store.write([bytes]);
        for await (const chunk of store.read(ref.hash)) chunk.fill(0);
        expectSame(await readBytes(store, ref.hash), bytes);
      }),
    );
  });
  describe('list, stat and delete', () => {
    it(
      'begin with an empty store',
      withStore(async ({ store }) => {
        expect(await listed(store)).toEqual([]);
        expect(await store.stat(NOWHERE)).toBeUndefined();
        expect(await store.delete(NOWHERE)).toBe(false);
      }),
    );
    it(
      'show every blob once, and what was deleted no more',
      withStore(async ({ store }) => {
        const contents = Array.from({ length: 40 }, (_, index) => bytesOf(index * 37, index));
        await Promise.all(contents.map((bytes) => store.write([bytes])));
        const refs = contents.map(refOf).sort(byHash);
        expect(await listed(store)).toEqual(refs);
        const [gone, ...kept] = refs;
        if (gone === undefined) throw new Error('nothing was written');
        expect(await store.delete(gone.hash)).toBe(true);
        expect(await store.delete(gone.hash)).toBe(false);
        expect(await store.stat(gone.hash)).toBeUndefined();
        await expect(readBytes(store, gone.hash)).rejects.toMatchObject({ code: 'BlobNotFound' });
        expect(await listed(store)).toEqual(kept);
      }),
    );
    it(
      'forget nothing that is written again after its deletion',
      withStore(async ({ store }) => {
        const bytes = bytesOf(5_000);
        const ref = await store.write([bytes]);
        await store.delete(ref.hash);
        expect(await store.write([bytes])).toEqual(ref);
        expectSame(await readBytes(store, ref.hash), bytes);
      }),
    );
  });
}
