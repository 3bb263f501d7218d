// Guarantees: rows are written by a thread of their own, and read at once, on this one; nothing is opened, and no thread
// begun, before there is something to read or write; damage that is met has the index made anew when it is next opened.

import { isKernelError } from '@tksm/abstractions';
import type { IndexMark, IndexRow, JobId, JobIndex } from '@tksm/abstractions';
import { condemnIndex } from './index-folder.ts';
import type { IndexFolder } from './index-folder.ts';
import type { IndexReader } from './index-reader.ts';
import { openReader } from './open-reader.ts';
import { packRows } from './packed-rows.ts';
import { WriterLink } from './writer-link.ts';

/** A job index in a file of SQLite's. */
export class SqliteJobIndex implements JobIndex {
  readonly #folder: IndexFolder;
  readonly #writer: WriterLink;
  #reader: IndexReader | undefined;
  #mark: IndexMark | undefined;
  #closed: Promise<void> | undefined;

  constructor(folder: IndexFolder, reader: IndexReader | undefined) {
    this.#folder = folder;
    this.#writer = new WriterLink(folder);
    this.#reader = reader;
    this.#mark = reader?.mark();
  }

  get mark(): IndexMark | undefined {
    return this.#mark;
  }

  get size(): number {
    return this.#read((reader) => reader.size()) ?? 0;
  }

  get(id: JobId): string | undefined {
    return this.#read((reader) => reader.get(id));
  }

  startingWith(prefix: string, limit: number): readonly JobId[] {
    return this.#read((reader) => reader.startingWith(prefix, limit)) ?? [];
  }

  children(parent: JobId): readonly JobId[] {
    return this.#read((reader) => reader.children(parent)) ?? [];
  }

  *latest(): Generator<IndexRow> {
    if (this.#reader !== undefined) yield* this.#reader.latest();
  }

  async write(rows: readonly IndexRow[], mark: IndexMark): Promise<void> {
    await this.#writer.ask({ what: 'write', rows: packRows(rows), mark });
    // What was being written when this was closed is not read any more.
    if (this.#closed === undefined) this.#reader ??= openReader(this.#folder);
    this.#mark = mark;
  }

  async clear(): Promise<void> {
    this.#mark = undefined;
    if (this.#reader !== undefined) await this.#writer.ask({ what: 'clear' });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    // The thread closes the file last, and can then say how it is.
    this.#reader?.close();
    this.#reader = undefined;
    await this.#writer.close();
  }

  #read<T>(read: (reader: IndexReader) => T): T | undefined {
    if (this.#reader === undefined) return undefined;
    try {
      return read(this.#reader);
    } catch (error) {
      if (isKernelError(error, 'IndexDamaged')) condemnIndex(this.#folder);
      throw error;
    }
  }
}
