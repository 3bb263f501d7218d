import type { IndexMark, IndexRow } from '@tksm/abstractions';

/** What the writing thread is asked; it answers each request, in order. */
export type WriterRequest =
  | { readonly what: 'write'; readonly rows: readonly IndexRow[]; readonly mark: IndexMark }
  | { readonly what: 'clear' }
  | { readonly what: 'close' };

/** Undefined: done. Otherwise why not. */
export type WriterAnswer =
  { readonly code: 'DiskFull' | 'StorageFailed'; readonly message: string } | undefined;
