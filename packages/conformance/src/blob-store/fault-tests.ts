import type { BlobStore } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { bytesOf, expectSame, listed, readBytes, refOf } from './fixture.ts';
import type { BlobStoreHooks, WithStore } from './fixture.ts';

export function faultTests(withStore: WithStore, hooks: BlobStoreHooks): void {
  describe.skipIf(!hooks.corrupt)('read, of a damaged blob', () => damageTests(withStore));
  describe.skipIf(!hooks.reopen)('reopen after a crash', () => reopenTests(withStore));
}

function damageTests(withStore: WithStore): void {
  it.each([1, 100, 65_536, 65_537, 500_000])('fails with BlobDamaged before the end of %i bytes', (size) =>
    withStore(async ({ store, corrupt }) => {
      const ref = await store.write([bytesOf(size)]);
      await corrupt?.(ref.hash);
      let received = 0;
      const reading = (async () => {
        for await (const chunk of store.read(ref.hash)) received += chunk.length;
      })();
      await expect(reading).rejects.toMatchObject({ code: 'BlobDamaged', data: { hash: ref.hash } });
      expect(received).toBeLessThan(size);
    })(),
  );
}

function reopenTests(withStore: WithStore): void {
  it(
    'keeps every blob that a reference was given out for',
    withStore(async ({ store, reopen }) => {
      const contents = [0, 1, 70_000].map((size) => bytesOf(size));
      for (const bytes of contents) await store.write([bytes]);
      const reopened = await reopen?.();
      for (const bytes of contents) expectSame(await readBytes(open(reopened), refOf(bytes).hash), bytes);
      expect(await listed(open(reopened))).toHaveLength(contents.length);
    }),
  );
  it(
    'shows a blob in flight whole or not at all',
    withStore(async ({ store, reopen }) => {
      const bytes = bytesOf(400_000);
      const source = stuckSource(bytes);
      const write = store.write(source.content);
      write.catch(() => undefined);
      await source.stuck;
      const reopened = open(await reopen?.());
      expect(await listed(reopened)).toEqual([]);
      expect(await reopened.write([bytes])).toEqual(refOf(bytes));
      source.fail();
      await Promise.allSettled([write]);
      expectSame(await readBytes(reopened, refOf(bytes).hash), bytes);
    }),
  );
}

function open(store: BlobStore | undefined): BlobStore {
  if (store === undefined) throw new Error('the store was not opened again');
  return store;
}

/** Gives most of the bytes, then nothing until it fails. */
function stuckSource(bytes: Uint8Array) {
  let atEnd: () => void = () => undefined;
  let fail: () => void = () => undefined;
  const stuck = new Promise<void>((resolve) => (atEnd = resolve));
  const death = new Promise<never>((_, reject) => (fail = () => reject(new Error('the source died'))));
  death.catch(() => undefined);
  const content = (async function* () {
    yield bytes.subarray(0, -1);
    atEnd();
    await death;
  })();
  return { content, stuck, fail: () => fail() };
}
