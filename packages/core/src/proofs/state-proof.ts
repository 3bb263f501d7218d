import type { Hash, StoredValue } from '@tksm/abstractions';
import { hash } from 'node:crypto';
import {
  bucketOf,
  DEPTH,
  ENTRY_BYTES,
  entryDigest,
  HASH_BYTES,
  keyHash,
  WIDTH,
} from '../state/digest-tree.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { SECTION_NAMES, SECTIONS } from '../state/sections.ts';
import { StateTree } from '../state/state-tree.ts';

/** That an entry of the digest tree has a value: what has to be hashed to get from it to the digest. */
export interface StateProof {
  /** `zone`, `job/<id>`, `command/<id>` or `world/<key>`. */
  readonly key: string;
  readonly value: StoredValue;
  /** All entries in its bucket, hex, in order: SHA-256 of the key, then the entry's digest. Its own is among them. */
  readonly bucket: readonly string[];
  /** Digests of 16 children each, hex, from the node above the bucket up to the root; an empty one is ''. */
  readonly rows: readonly (readonly string[])[];
}

const ENTRY = /^[0-9a-f]{128}$/;
const DIGEST = /^(?!0{64})[0-9a-f]{64}$/;
const NOTHING = Buffer.alloc(HASH_BYTES).toString('hex');

/** The proof of an entry; undefined when there is none with this key. */
export function proveEntry(state: KernelState, key: string): StateProof | undefined {
  const value = valueOf(state, key);
  if (value === undefined) return undefined;
  const tree = (state.tree ??= new StateTree(state)).current();
  tree.root();
  const place = bucketOf(keyHash(key));
  const rows: string[][] = [];
  let node = place;
  for (let level = DEPTH; level > 0; level--) {
    node = Math.floor(node / WIDTH);
    rows.push(pieces(tree.row(level, node), HASH_BYTES).map((digest) => (digest === NOTHING ? '' : digest)));
  }
  return { key, value, bucket: pieces(tree.bucket(place), ENTRY_BYTES), rows };
}

function valueOf(state: KernelState, key: string): StoredValue | undefined {
  const cut = key.indexOf('/');
  const name = SECTION_NAMES.find((each) => each === (cut < 0 ? key : key.slice(0, cut)));
  if (name === undefined || (name === 'zone') !== cut < 0) return undefined;
  return SECTIONS[name].get(state, key.slice(cut + 1));
}

function pieces(bytes: Buffer, size: number): string[] {
  return Array.from({ length: bytes.length / size }, (_, at) =>
    bytes.toString('hex', at * size, (at + 1) * size),
  );
}

/** Whether the proof leads to the digest. */
export function isInState({ key, value, bucket, rows }: StateProof, digest: Hash): boolean {
  const hashed = keyHash(key);
  const entry = Buffer.concat([hashed, entryDigest(key, value)]).toString('hex');
  if (rows.length !== DEPTH || !bucket.includes(entry) || !bucket.every((each) => ENTRY.test(each)))
    return false;
  let node = digestOfHex(bucket);
  let place = bucketOf(hashed);
  for (const row of rows) {
    const isRow = row.length === WIDTH && row.every((each) => each === '' || DIGEST.test(each));
    if (!isRow || row[place % WIDTH] !== node) return false;
    node = digestOfHex(row.map((each) => each || NOTHING));
    place = Math.floor(place / WIDTH);
  }
  return node === digest;
}

function digestOfHex(texts: readonly string[]): string {
  return hash('sha256', Buffer.from(texts.join(''), 'hex'));
}
