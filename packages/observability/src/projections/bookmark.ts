import { hash as digest } from 'node:crypto';
import { KernelError } from '@tksm/abstractions';
import type { EventSource, Position, Projection, RecordedEvent } from '@tksm/abstractions';

/** Why a bookmark is of no use when its source goes on from something else. */
export const OTHER_HISTORY = 'it was made of another history';

const FORMAT = 'tksm-projection/1';

/** Bytes that a bookmark may have; a projection that outgrows it is computed anew each time. */
export const MAX_BOOKMARK_BYTES = 16 * 1024 * 1024;

/** How far a projection has read, and what came out. */
export interface Bookmark<State> {
  /** Where it began. */
  readonly from: Position;
  /** The next event it wants. */
  readonly position: Position;
  /** Mark of the event before that one: another history is told by it. Absent when nothing was read. */
  readonly last?: string;
  readonly state: State;
}

/**
 * A bookmark as text, ADR 0022: format and SHA-256 of the second line, then JSON.
 *
 * @throws KernelError `PayloadTooLarge`
 */
export function writeBookmark<State>(
  { name, version }: Projection<State>,
  { from, position, last, state }: Bookmark<State>,
): string {
  const body = JSON.stringify({ name, version, from, position, ...(last !== undefined && { last }), state });
  const text = `${FORMAT} ${digest('sha256', body)}\n${body}\n`;
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_BOOKMARK_BYTES) return text;
  throw new KernelError('PayloadTooLarge', `a bookmark of ${bytes} bytes is more than ${MAX_BOOKMARK_BYTES}`);
}

/** Reads a bookmark of a projection, or says why it is none. */
export function readBookmark<State>(
  { name, version }: Pick<Projection<State>, 'name' | 'version'>,
  text: string,
): { readonly bookmark: Bookmark<State> } | { readonly why: string } {
  const [head = '', body = '', rest] = text.split('\n');
  if (head !== `${FORMAT} ${digest('sha256', body)}` || rest !== '') return { why: 'it is damaged' };
  // Its hash says that this is what was written.
  const kept = JSON.parse(body) as Bookmark<State> & { readonly name: string; readonly version: number };
  if (kept.name !== name) return { why: `it belongs to ${kept.name}` };
  if (kept.version !== version) return { why: `it has version ${kept.version}, and ${version} is wanted` };
  return { bookmark: kept };
}

/** What tells an event from every other that may have its position. */
export function markOf(recorded: RecordedEvent): string {
  return digest('sha256', JSON.stringify(recorded));
}

/** The event before a position, if it is the one that left this mark. */
export async function lastRead(
  source: EventSource,
  position: Position,
  mark: string,
): Promise<RecordedEvent | undefined> {
  const from = position - 1;
  if (from >= (await source.head())) return undefined;
  for await (const recorded of source.events({ from })) {
    return recorded.position === from && markOf(recorded) === mark ? recorded : undefined;
  }
  return undefined;
}

/** Why a bookmark would be dropped by its projection; undefined when it is good. */
export async function bookmarkFault(
  projection: Pick<Projection<unknown>, 'name' | 'version'>,
  text: string,
  source: EventSource,
): Promise<string | undefined> {
  const reading = readBookmark(projection, text);
  if ('why' in reading) return reading.why;
  const { position, last } = reading.bookmark;
  const isOf = last === undefined || (await lastRead(source, position, last)) !== undefined;
  return isOf ? undefined : OTHER_HISTORY;
}
