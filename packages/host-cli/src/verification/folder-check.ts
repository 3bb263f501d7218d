/**
 * What a fault means. `damaged`: something that was acknowledged is changed or gone, and only a copy brings it back.
 * `rebuildable`: it is made anew from the log, or does without. `leftover`: of work that was interrupted; its next run removes
 * it. `unknown`: nothing that belongs into a data folder.
 */
export type FaultKind = 'damaged' | 'rebuildable' | 'leftover' | 'unknown';

/** Something that is wrong with a file. */
export interface FileFault {
  readonly kind: FaultKind;
  /** Name, below the data folder. */
  readonly file: string;
  /** Where in the file, in bytes, when that is known. */
  readonly offset?: number;
  /** First event that cannot be trusted. */
  readonly position?: number;
  readonly why: string;
}

export interface CheckInput {
  readonly dir: string;
  /** Told of bytes that were read. */
  readonly onRead: (bytes: number) => void;
}

/** Checks the files of one kind, in a data folder that may be in use. Reads only, in constant memory. */
export interface FolderCheck {
  /** Files and folders at the top of the data folder that it answers for. */
  readonly entries: readonly string[];
  check(input: CheckInput): AsyncIterable<FileFault>;
}
