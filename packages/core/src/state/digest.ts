import { canonicalJson, hash } from '@tksm/abstractions';
import type { Hash, StoredValue } from '@tksm/abstractions';
import { hash as sha256 } from 'node:crypto';
import { recordOf } from './job-state.ts';
import type { KernelState } from './kernel-state.ts';

/** Hex digits of a key's hash that choose its bucket: a tree of 16 children a node, 4 levels deep. */
const DEPTH = 4;

/**
 * Root hash over all authoritative state. History-independent: the same entries give the same root, whichever order
 * they came in. Its form is fixed by ADR 0008:
 *
 * - entry = SHA-256 of the canonical JSON (RFC 8785) of [key, value]
 * - bucket = SHA-256 of its entries' hex digests, joined in the order of their keys; keys are placed by SHA-256(key)
 * - node = SHA-256 of its 16 children's hex digests joined; an empty subtree is the empty string
 */
export function digestOf(state: KernelState): Hash {
  const buckets = new Map<string, [key: string, digest: string][]>();
  for (const [key, value] of entriesOf(state)) {
    const place = sha256('sha256', key).slice(0, DEPTH);
    const digest = sha256('sha256', canonicalJson([key, value]));
    const bucket = buckets.get(place);
    if (bucket === undefined) buckets.set(place, [[key, digest]]);
    else bucket.push([key, digest]);
  }
  const leaves = new Map<string, string>();
  for (const [place, entries] of buckets) {
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    leaves.set(place, sha256('sha256', entries.map(([, digest]) => digest).join('')));
  }
  return hash(rootOf(leaves));
}

function rootOf(leaves: ReadonlyMap<string, string>): string {
  let level = leaves;
  for (let depth = DEPTH - 1; depth >= 0; depth--) {
    const children = new Map<string, string[]>();
    for (const [place, digest] of level) {
      const parent = place.slice(0, depth);
      let slots = children.get(parent);
      if (slots === undefined) children.set(parent, (slots = Array.from({ length: 16 }, () => '')));
      slots[Number.parseInt(place.charAt(depth), 16)] = digest;
    }
    level = new Map([...children].map(([place, slots]) => [place, sha256('sha256', slots.join(''))]));
  }
  return level.get('') ?? sha256('sha256', '');
}

/** Every entry of the authoritative state, as key and stored value. */
export function* entriesOf(state: KernelState): Generator<[string, StoredValue]> {
  const { zone, position, time, epoch, incarnation } = state;
  yield ['zone', { zone, position, time, epoch, incarnation }];
  for (const job of state.jobs.values()) yield [`job/${job.id}`, asStored(recordOf(job))];
  for (const [id, outcome] of state.commands) yield [`command/${id}`, asStored(outcome)];
  for (const [key, entry] of state.world.scan()) yield [`world/${key}`, asStored(entry)];
}

/** State holds plain JSON data only; the type system cannot see it through interfaces. */
function asStored(value: object): StoredValue {
  return value as unknown as StoredValue;
}
