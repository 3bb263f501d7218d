import { canonicalJson } from '@tksm/abstractions';
import type { Hash, StoredValue } from '@tksm/abstractions';
import { hash } from 'node:crypto';
import { entriesOf } from '../state/digest.ts';
import type { KernelState } from '../state/kernel-state.ts';

/** Levels and children of the digest tree, by ADR 0008. */
const [DEPTH, WIDTH] = [4, 16];

/** That an entry of the digest tree has a value: what has to be hashed to get from it to the digest. */
export interface StateProof {
  /** `zone`, `job/<id>`, `command/<id>` or `world/<key>`. */
  readonly key: string;
  readonly value: StoredValue;
  /** Digests of all entries in its bucket, in the order of their keys; its own is among them. */
  readonly bucket: readonly string[];
  /** Digests of 16 children each, from the node above the bucket up to the root; an empty subtree is ''. */
  readonly rows: readonly (readonly string[])[];
}

const sha256 = (text: string): string => hash('sha256', text);
const placeOf = (key: string): string => sha256(key).slice(0, DEPTH);

/** The proof of an entry; undefined when there is none with this key. */
export function proveEntry(state: KernelState, key: string): StateProof | undefined {
  const place = placeOf(key);
  let value: StoredValue | undefined;
  const buckets = new Map<string, [key: string, digest: string][]>();
  for (const [each, stored] of entriesOf(state)) {
    if (each === key) value = stored;
    const at = placeOf(each);
    const bucket = buckets.get(at) ?? [];
    if (bucket.length === 0) buckets.set(at, bucket);
    bucket.push([each, sha256(canonicalJson([each, stored]))]);
  }
  if (value === undefined) return undefined;
  const digests = new Map<string, string[]>();
  for (const [at, entries] of buckets) {
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    digests.set(
      at,
      entries.map(([, digest]) => digest),
    );
  }
  return { key, value, bucket: digests.get(place) ?? [], rows: rowsAbove(digests, place) };
}

function rowsAbove(buckets: ReadonlyMap<string, readonly string[]>, place: string): string[][] {
  const rows: string[][] = [];
  let level = new Map([...buckets].map(([at, digests]) => [at, sha256(digests.join(''))]));
  for (let depth = DEPTH - 1; depth >= 0; depth--) {
    const parents = new Map<string, string[]>();
    for (const [at, digest] of level) {
      const parent = at.slice(0, depth);
      const row = parents.get(parent) ?? Array.from({ length: WIDTH }, () => '');
      row[Number.parseInt(at.charAt(depth), WIDTH)] = digest;
      parents.set(parent, row);
    }
    rows.push(parents.get(place.slice(0, depth)) ?? []);
    level = new Map([...parents].map(([at, row]) => [at, sha256(row.join(''))]));
  }
  return rows;
}

/** Whether the proof leads to the digest. */
export function isInState({ key, value, bucket, rows }: StateProof, digest: Hash): boolean {
  const place = placeOf(key);
  if (rows.length !== DEPTH || !bucket.includes(sha256(canonicalJson([key, value])))) return false;
  let node = sha256(bucket.join(''));
  for (const [above, row] of rows.entries()) {
    const slot = Number.parseInt(place.charAt(DEPTH - 1 - above), WIDTH);
    if (row.length !== WIDTH || row[slot] !== node) return false;
    node = sha256(row.join(''));
  }
  return node === digest;
}
