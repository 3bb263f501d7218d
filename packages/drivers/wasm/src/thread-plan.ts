/** A folder as it is handed to the thread. */
export interface PlannedDir {
  readonly guest: string;
  /** Whether what is in it may be changed; only then is it handed back. */
  readonly isWritable: boolean;
  /** Folders below it, those above before those in them. */
  readonly folders: readonly string[];
  /** Relative to it. */
  readonly files: readonly (readonly [path: string, content: Uint8Array])[];
}

/** What a thread is given: one program, and everything that it will ever see. */
export interface ThreadPlan {
  readonly module: Uint8Array;
  readonly args: readonly string[];
  /** As `NAME=value`. */
  readonly env: readonly string[];
  readonly stdin: Uint8Array;
  readonly dirs: readonly PlannedDir[];
  /** Most that its files may grow by, all together and in all; most that it may leave behind. */
  readonly maxFileBytes: number;
  /** Most files and folders that it may leave behind. */
  readonly maxFiles: number;
  /** Most of stdout, and of stderr. */
  readonly maxOutputBytes: number;
}

/** What became of a folder: folders that are new, files that are new or changed. */
export interface ChangedDir {
  readonly folders: readonly string[];
  readonly files: readonly (readonly [path: string, content: Uint8Array])[];
}

/** How it ended: by itself, refused before it began, or by a trap. */
export type ThreadEnd =
  | { readonly type: 'exited'; readonly exitCode: number; readonly dirs: readonly ChangedDir[] }
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'trapped'; readonly why: string };

export interface ThreadOutput {
  readonly end: ThreadEnd;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}
