import { canonicalJson, hash } from '@tksm/abstractions';
import type { Hash, IndexRow, JobId, LogHead, StoredValue } from '@tksm/abstractions';
import { rowOf } from '../retention/retired-record.ts';
import { KernelState } from '../state/kernel-state.ts';
import { SECTION_NAMES, SECTIONS } from '../state/sections.ts';
import type { SectionName } from '../state/sections.ts';
import { openChunks, sealChunks, snapshotDamaged } from './chunks.ts';

/** First field of a snapshot. A change of its form, or of what an entry means, is another one. */
const FORMAT = 'tksm-snapshot/1';
/** The part that holds what has retired from the state, where that was asked for. */
const RETIRED = 'retired';
/** Characters after which a chunk ends; the entry that goes beyond is still in it. */
const CHUNK_LENGTH = 256 * 1024;

/** What a snapshot says of itself. */
export interface SnapshotHeader {
  /** The log's head that it is the state of. */
  readonly head: LogHead;
  /** Digest of the state (ADR 0008). */
  readonly digest: Hash;
}

/** A state as a snapshot, in bytes, with rows of what has retired from it. Its form is fixed by ADR 0017. */
export function writeSnapshot(
  state: KernelState,
  header: SnapshotHeader,
  retired: Iterable<IndexRow> = [],
): AsyncGenerator<Uint8Array> {
  return sealChunks(textsOf(state, header, retired));
}

function* textsOf(
  state: KernelState,
  { head, digest }: SnapshotHeader,
  retired: Iterable<IndexRow>,
): Generator<string> {
  yield canonicalJson({ format: FORMAT, head: { ...head }, digest });
  let entries = 0;
  for (const name of SECTION_NAMES) entries += yield* chunksOf(name, entriesOf(name, state));
  entries += yield* chunksOf(RETIRED, rowEntries(retired));
  yield canonicalJson(['end', entries]);
}

/** The chunks of a part. Returns how many entries are in them. */
function* chunksOf(part: string, entries: Iterable<string>): Generator<string, number> {
  let [text, count] = ['', 0];
  for (const entry of entries) {
    text += text === '' ? `["${part}",[${entry}` : `,${entry}`;
    count += 1;
    if (text.length < CHUNK_LENGTH) continue;
    yield `${text}]]`;
    text = '';
  }
  if (text !== '') yield `${text}]]`;
  return count;
}

function* entriesOf(name: SectionName, state: KernelState): Generator<string> {
  for (const id of SECTIONS[name].ids(state))
    yield canonicalJson([id, SECTIONS[name].get(state, id) ?? null]);
}

function* rowEntries(rows: Iterable<IndexRow>): Generator<string> {
  for (const { id, body } of rows) yield canonicalJson([id, body]);
}

/** Who is told what is in a snapshot while it is read. */
export interface SnapshotListener {
  /** Sees what it says of itself before its entries are read, and throws to refuse it. */
  begins?(header: SnapshotHeader): Promise<void>;
  /** Rows of what has retired, longest retired first. */
  retired?(rows: readonly IndexRow[]): Promise<void>;
}

/**
 * Reads a snapshot.
 *
 * @throws KernelError `SnapshotDamaged`; what the listener throws
 */
export async function readSnapshot(
  bytes: AsyncIterable<Uint8Array>,
  listener: SnapshotListener = {},
): Promise<{ readonly state: KernelState; readonly header: SnapshotHeader }> {
  const state = new KernelState();
  let header: SnapshotHeader | undefined;
  let [entries, isWhole] = [0, false];
  for await (const text of openChunks(bytes)) {
    const content = JSON.parse(text) as unknown;
    if (header === undefined) {
      header = headerOf(content);
      await listener.begins?.(header);
    } else if (isChunk(content)) {
      const [name, list] = content;
      for (const [id, value] of list) SECTIONS[name].put(state, id, value);
      entries += list.length;
    } else if (isRetired(content)) {
      const [, list] = content;
      await listener.retired?.(list.map(([id, body]) => rowOf(id, body)));
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

function isRetired(content: unknown): content is [part: typeof RETIRED, rows: [id: JobId, body: string][]] {
  return Array.isArray(content) && content[0] === RETIRED;
}
