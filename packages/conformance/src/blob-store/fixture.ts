import { createHash } from 'node:crypto';
import { hash } from '@tksm/abstractions';
import type { BlobRef, BlobStore, Hash } from '@tksm/abstractions';
import { expect } from 'vitest';
import { collect } from '../collect.ts';
import { withFixture } from '../with-fixture.ts';
import type { WithFixture } from '../with-fixture.ts';

/** One blob store under test, on storage of its own. */
export interface BlobStoreFixture {
  readonly store: BlobStore;
  /** Closes what is open and removes the storage. */
  destroy(): Promise<void>;
  /** Ends the store as a crash of its process would and opens the same storage again. */
  reopen?(): Promise<BlobStore>;
  /** Changes one bit of a stored blob, on storage. */
  corrupt?(hash: Hash): void | Promise<void>;
  /** Names of what lies on storage beside the blobs: partly written ones. */
  leftovers?(): Promise<readonly string[]>;
}

/** What a fixture can do to its store; the suite skips by this and by nothing else. */
export interface BlobStoreHooks {
  readonly reopen?: boolean;
  readonly corrupt?: boolean;
  readonly leftovers?: boolean;
}

export interface BlobStoreSuite {
  readonly name: string;
  /** Makes an empty store. */
  create(): Promise<BlobStoreFixture>;
  readonly capabilities?: BlobStoreHooks;
}

export type WithStore = WithFixture<BlobStoreFixture>;

/** As `withFixture`, for a store that has the hooks it declares and leaves nothing behind. */
export function withStoreOf(suite: BlobStoreSuite): WithStore {
  const withStore = withFixture(() => suite.create());
  return (body) =>
    withStore(async (fixture) => {
      for (const name of ['reopen', 'corrupt', 'leftovers'] as const) {
        if (suite.capabilities?.[name] && fixture[name] === undefined) throw new Error(`no hook ${name}`);
      }
      await body(fixture);
      expect((await fixture.leftovers?.()) ?? []).toEqual([]);
    });
}

/** Bytes that do not compress and do not repeat; the same for the same size and salt. */
export function bytesOf(size: number, salt = 0): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = size ^ (salt * 0x9e3779b9) ^ 0x2545f491;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export function refOf(bytes: Uint8Array): BlobRef {
  return { hash: hash(createHash('sha256').update(bytes).digest('hex')), size: bytes.length };
}

export async function readBytes(store: BlobStore, name: Hash): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await collect(store.read(name))));
}

/** Compares without printing megabytes when they differ. */
export function expectSame(actual: Uint8Array, expected: Uint8Array): void {
  expect(refOf(actual)).toEqual(refOf(expected));
}

/** References in the order of their hashes; a store lists them in any. */
export async function listed(store: BlobStore): Promise<BlobRef[]> {
  const refs = await collect(store.list());
  return refs.map(({ hash: name, size }) => ({ hash: name, size })).sort(byHash);
}

export function byHash(a: BlobRef, b: BlobRef): number {
  return a.hash < b.hash ? -1 : 1;
}
