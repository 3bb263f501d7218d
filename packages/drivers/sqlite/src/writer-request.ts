import type { IndexMark } from '@tksm/abstractions';
import type { PackedRows } from './packed-rows.ts';

/** What the writing thread is asked; it answers each request, in order. */
export type WriterRequest =
  | { readonly what: 'write'; readonly rows: PackedRows; readonly mark: IndexMark }
  | { readonly what: 'clear' }
  | { readonly what: 'close' };

/** Undefined: done. Otherwise why not. */
export type WriterAnswer =
  { readonly code: 'DiskFull' | 'StorageFailed'; readonly message: string } | undefined;
