import type { Hash, JobId, Position } from '../runtime/ids.ts';

/** What the index keeps of one retired record. */
export interface IndexRow {
  /** Of the job; of a command that is none, the id that its job would have had. */
  readonly id: JobId;
  readonly parent?: JobId;
  /** JSON text; the index does not look inside. */
  readonly body: string;
}

/** Up to where an index holds everything that its log retired. */
export interface IndexMark {
  readonly position: Position;
  /** Hash of the frame that ends there: it tells one log from another. */
  readonly hash: Hash;
}

/** What can be asked of an index, also beside the one that writes it. */
export interface JobIndexReader {
  /** Undefined: nothing in here counts. */
  readonly mark: IndexMark | undefined;
  /** Number of rows; counting takes its time. */
  readonly size: number;
  /** The body of a row. @throws KernelError `IndexDamaged` */
  get(id: JobId): string | undefined;
  /** Ids that begin with these hex digits, in order, at most so many. @throws KernelError `IndexDamaged` */
  startingWith(prefix: string, limit: number): readonly JobId[];
  /** Ids of the rows with this parent, longest written first. @throws KernelError `IndexDamaged` */
  children(parent: JobId): readonly JobId[];
  /** Rows, latest written first. @throws KernelError `IndexDamaged` */
  latest(): IterableIterator<IndexRow>;
}

/**
 * Retired records by id. It holds nothing that the log does not, so that it can be thrown away and made anew. Guarantees:
 *
 * 1. Once `write` has answered, every read finds its rows. After a crash rows may be missing, but none that was written
 *    before the mark that is then found.
 * 2. A row that is not as it was written is never given out: reads refuse with `IndexDamaged`.
 */
export interface JobIndex extends JobIndexReader {
  /**
   * Adds rows, in place of those of the same ids, and moves the mark. Calls are answered in order, and may share a write.
   *
   * @throws KernelError `DiskFull`, `StorageFailed`
   */
  write(rows: readonly IndexRow[], mark: IndexMark): Promise<void>;
  /** Forgets everything, the mark included. */
  clear(): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}
