import type { SnapshotStore } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../blob-store/fixture.ts';
import { collect } from '../collect.ts';
import { withFixture } from '../with-fixture.ts';

/** One snapshot store under test, on storage of its own. */
export interface SnapshotStoreFixture {
  readonly store: SnapshotStore;
  /** Opens the same storage again, as another process would. */
  reopen(): SnapshotStore;
  /** Names of what lies on storage beside the snapshots. */
  leftovers(): Promise<readonly string[]>;
  destroy(): Promise<void>;
}

export interface SnapshotStoreSuite {
  readonly name: string;
  /** Makes an empty store. */
  create(): Promise<SnapshotStoreFixture>;
}

const SIZES = [0, 1, 70_000, 3_000_000];

/** Declares the tests that every SnapshotStore must pass. Call it at the top of a test file. */
export function describeSnapshotStore(suite: SnapshotStoreSuite): void {
  const withStore = withFixture(() => suite.create());
  describe(`SnapshotStore: ${suite.name}`, () => {
    it(
      'gives back what was written, byte for byte, also to another process',
      withStore(async ({ store, reopen }) => {
        for (const size of SIZES) await store.write(size, inChunks(bytesOf(size)));
        for (const reader of [store, reopen()]) {
          for (const size of SIZES) expectBytes(await read(reader, size), bytesOf(size));
        }
      }),
    );
    it(
      'lists positions, newest first',
      withStore(async ({ store, reopen }) => {
        expect(await store.list()).toEqual([]);
        for (const position of [9, 1_000, 10, 0]) await store.write(position, inChunks(bytesOf(9)));
        expect(await reopen().list()).toEqual([1_000, 10, 9, 0]);
      }),
    );
    it(
      'puts a snapshot in the place of another at its position',
      withStore(async ({ store }) => {
        for (const salt of [1, 2]) await store.write(7, inChunks(bytesOf(50_000, salt)));
        expect(await store.list()).toEqual([7]);
        expectBytes(await read(store, 7), bytesOf(50_000, 2));
      }),
    );
    it(
      'deletes, and says whether there was one',
      withStore(async ({ store, reopen }) => {
        await store.write(7, inChunks(bytesOf(9)));
        expect([await store.delete(7), await store.delete(7)]).toEqual([true, false]);
        expect(await reopen().list()).toEqual([]);
        await expect(read(store, 7)).rejects.toMatchObject({ code: 'SnapshotNotFound' });
      }),
    );
    it('shows nothing of a snapshot whose content failed', withStore(failedContent));
  });
}

async function failedContent({ store, reopen, leftovers }: SnapshotStoreFixture): Promise<void> {
  await store.write(7, inChunks(bytesOf(9)));
  for (const position of [7, 8]) {
    const failing = (async function* () {
      yield bytesOf(100_000);
      await Promise.reject(new Error('the content failed'));
    })();
    await expect(store.write(position, failing)).rejects.toThrow('the content failed');
  }
  expect(await reopen().list()).toEqual([7]);
  expectBytes(await read(store, 7), bytesOf(9));
  expect(await leftovers()).toEqual([]);
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 40_000) yield bytes.subarray(at, at + 40_000);
}

async function read(store: SnapshotStore, position: number): Promise<Buffer> {
  return Buffer.concat(await collect(store.read(position)));
}

function expectBytes(actual: Buffer, expected: Uint8Array): void {
  expect(actual.equals(expected)).toBe(true);
}
