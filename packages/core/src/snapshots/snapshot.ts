import { canonicalJson, hash } from '@tksm/abstractions';
import type { Hash, LogHead, StoredValue } from '@tksm/abstractions';
import { KernelState } from '../state/kernel-state.ts';
import { SECTION_NAMES, SECTIONS } from '../state/sections.ts';
import type { SectionName } from '../state/sections.ts';
import { openChunks, sealChunks, snapshotDamaged } from './chunks.ts';

/** First field of a snapshot. A change of its form, or of what an entry means, is another one. */
const FORMAT = 'tksm-snapshot/1';
/** Characters after which a chunk ends; the entry that goes beyond is still in it. */
const CHUNK_LENGTH = 256 * 1024;

/** What a snapshot says of itself. */
export interface SnapshotHeader {
  /** The log's head that it is the state of. */
  readonly head: LogHead;
  /** Digest of the state (ADR 0008). */
  readonly digest: Hash;
}

/** A state as a snapshot, in bytes. Its form is fixed by ADR 0017. */
export function writeSnapshot(state: KernelState, header: SnapshotHeader): AsyncGenerator<Uint8Array> {
  return sealChunks(textsOf(state, header));
}

function* textsOf(state: KernelState, { head, digest }: SnapshotHeader): Generator<string> {
  yield canonicalJson({ format: FORMAT, head: { ...head }, digest });
  let entries = 0;
  for (const name of SECTION_NAMES) {
    let text = '';
    for (const id of SECTIONS[name].ids(state)) {
      const entry = canonicalJson([id, SECTIONS[name].get(state, id) ?? null]);
      text += text === '' ? `["${name}",[${entry}` : `,${entry}`;
      entries += 1;
      if (text.length < CHUNK_LENGTH) continue;
      yield `${text}]]`;
      text = '';
    }
    if (text !== '') yield `${text}]]`;
  }
  yield canonicalJson(['end', entries]);
}

/**
 * Reads a snapshot. `accept` sees what it says of itself before its entries are read, and throws to refuse it.
 *
 * @throws KernelError `SnapshotDamaged`; what `accept` throws
 */
export async function readSnapshot(
  bytes: AsyncIterable<Uint8Array>,
  accept: (header: SnapshotHeader) => Promise<void>,
): Promise<{ readonly state: KernelState; readonly header: SnapshotHeader }> {
  const state = new KernelState();
  let header: SnapshotHeader | undefined;
  let [entries, isWhole] = [0, false];
  for await (const text of openChunks(bytes)) {
    const content = JSON.parse(text) as unknown;
    if (header === undefined) {
      header = headerOf(content);
      await accept(header);
    } else if (isChunk(content)) {
      const [name, list] = content;
      for (const [id, value] of list) SECTIONS[name].put(state, id, value);
      entries += list.length;
    } else {
      isWhole = Array.isArray(content) && content[0] === 'end' && content[1] === entries;
      if (!isWhole) throw snapshotDamaged('it has a part that this release does not know');
    }
  }
  if (header === undefined || !isWhole || state.position !== header.head.position)
    throw snapshotDamaged('it is not whole');
  return { state, header };
}

function headerOf(content: unknown): SnapshotHeader {
  const { format, head, digest } = content as Partial<Record<string, unknown>>;
  if (format !== FORMAT) throw snapshotDamaged(`its format is ${String(format)}, not ${FORMAT}`);
  return { head: head as LogHead, digest: hash(String(digest)) };
}

function isChunk(
  content: unknown,
): content is [name: SectionName, entries: [id: string, value: StoredValue][]] {
  return Array.isArray(content) && Object.hasOwn(SECTIONS, String(content[0]));
}
