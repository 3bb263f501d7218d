import { hash, isKernelError, jobId } from '@tksm/abstractions';
import type { IndexMark, IndexRow, JobId, JobIndex } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import { withFixture } from '../with-fixture.ts';

/** One index under test, empty, on storage of its own. */
export interface JobIndexFixture {
  readonly index: JobIndex;
  /** Closes what is open and removes the storage. */
  destroy(): Promise<void>;
  /** Opens the same storage again. */
  reopen?(): Promise<JobIndex>;
  /** Changes the body of a row, on storage: it has an `a` in it. */
  corrupt?(id: JobId): void;
}

export interface JobIndexSuite {
  readonly name: string;
  create(): Promise<JobIndexFixture>;
  /** What a fixture can do to its index; the suite skips by this and by nothing else. */
  readonly capabilities?: { readonly reopen?: boolean; readonly corrupt?: boolean };
}

const idOf = (n: number): JobId => jobId(n.toString(16).padStart(32, '0'));
const markAt = (position: number): IndexMark => ({
  position,
  hash: hash(position.toString(16).padStart(64, '0')),
});
const rowOf = (n: number, parent?: number): IndexRow => ({
  id: idOf(n),
  body: JSON.stringify({ n, text: 'a “quote”, Ω, 🚀' }),
  ...(parent !== undefined && { parent: idOf(parent) }),
});

/** Declares the tests that every JobIndex must pass. Call it at the top of a test file. */
export function describeJobIndex(suite: JobIndexSuite): void {
  const withIndex = withFixture(() => suite.create());
  const { reopen = false, corrupt = false } = suite.capabilities ?? {};

  describe(`JobIndex: ${suite.name}`, () => {
    it('begins empty, without a mark', withIndex(begins));
    it('gives back what was written, once it answered', withIndex(givesBack));
    it('puts a row in place of an older one of the same id', withIndex(replaces));
    it('knows the children of a job', withIndex(knowsChildren));
    it('finds ids by how they begin', withIndex(findsByPrefix));
    it('forgets everything when it is cleared, and goes on', withIndex(clears));
    it('agrees with a map, whatever is written', withIndex(agreesWithMap));
    it.skipIf(!reopen)('has its rows and its mark when it is opened again', withIndex(persists));
    it.skipIf(!corrupt)('gives out no row that was changed', withIndex(noticesChanges));
  });
}

function begins({ index }: JobIndexFixture): Promise<void> {
  expect([index.mark, index.size, index.get(idOf(1)), index.children(idOf(1)), [...index.latest()]]).toEqual([
    ...[undefined, 0, undefined, [], []],
  ]);
  return Promise.resolve();
}

async function givesBack({ index }: JobIndexFixture): Promise<void> {
  const rows = [rowOf(3), rowOf(1), rowOf(2)];
  await index.write(rows, markAt(7));
  expect(rows.map(({ id }) => index.get(id))).toEqual(rows.map(({ body }) => body));
  expect(index.get(idOf(4))).toBeUndefined();
  expect([index.mark, index.size]).toEqual([markAt(7), 3]);
  expect([...index.latest()]).toEqual([...rows].reverse());
}

async function replaces({ index }: JobIndexFixture): Promise<void> {
  await index.write([rowOf(1), rowOf(2)], markAt(1));
  await index.write([{ ...rowOf(1), body: 'anew' }], markAt(2));
  expect([index.get(idOf(1)), index.size]).toEqual(['anew', 2]);
  expect([...index.latest()].map(({ id }) => id)).toEqual([idOf(1), idOf(2)]);
}

async function knowsChildren({ index }: JobIndexFixture): Promise<void> {
  await index.write([rowOf(5, 1), rowOf(3, 1), rowOf(2)], markAt(1));
  await index.write([rowOf(4, 1), rowOf(6, 2)], markAt(2));
  expect(index.children(idOf(1))).toEqual([idOf(5), idOf(3), idOf(4)]);
  expect([index.children(idOf(2)), index.children(idOf(9))]).toEqual([[idOf(6)], []]);
}

async function findsByPrefix({ index }: JobIndexFixture): Promise<void> {
  const ids = ['1a', '1b', '1c', '2a'].map((stem) => jobId(stem.padEnd(32, '0')));
  await index.write(
    ids.map((id) => ({ id, body: '{}' })),
    markAt(1),
  );
  const find = (prefix: string, limit = 9): readonly JobId[] => index.startingWith(prefix, limit);
  expect([find('1'), find('1', 2), find('1c'), find('3')]).toEqual([
    ...[ids.slice(0, 3), ids.slice(0, 2), ids.slice(2, 3), []],
  ]);
  expect(find('')).toEqual(ids);
}

async function clears({ index }: JobIndexFixture): Promise<void> {
  await index.write([rowOf(1, 2)], markAt(1));
  await index.clear();
  expect([index.mark, index.size, index.get(idOf(1)), index.children(idOf(2))]).toEqual([
    undefined,
    0,
    undefined,
    [],
  ]);
  await index.write([rowOf(3)], markAt(2));
  expect([index.mark, index.size]).toEqual([markAt(2), 1]);
}

async function agreesWithMap({ index }: JobIndexFixture): Promise<void> {
  const [chance, model] = [dice(1), new Map<JobId, string>()];
  for (let batch = 1; batch <= 20; batch++) {
    const ids = new Set(Array.from({ length: chance.below(40) }, () => chance.below(300)));
    const rows = [...ids].map((n) => ({ id: idOf(n), body: `{"batch":${batch},"n":${n}}` }));
    await index.write(rows, markAt(batch));
    for (const { id, body } of rows) model.set(id, body);
  }
  expect(index.size).toBe(model.size);
  expect(new Map([...index.latest()].map(({ id, body }) => [id, body]))).toEqual(model);
  for (const [id, body] of model) expect(index.get(id)).toBe(body);
}

async function persists({ index, reopen }: JobIndexFixture): Promise<void> {
  await index.write([rowOf(1), rowOf(2, 1)], markAt(9));
  const again = await reopen?.();
  expect([again?.mark, again?.size, again?.get(idOf(2)), again?.children(idOf(1))]).toEqual([
    ...[markAt(9), 2, rowOf(2).body, [idOf(2)]],
  ]);
}

async function noticesChanges({ index, corrupt }: JobIndexFixture): Promise<void> {
  await index.write([rowOf(1), rowOf(2)], markAt(9));
  corrupt?.(idOf(1));
  expect(refusalOf(() => index.get(idOf(1)))).toBe(true);
  expect(index.get(idOf(2))).toBe(rowOf(2).body);
}

function refusalOf(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    return isKernelError(error, 'IndexDamaged');
  }
}
