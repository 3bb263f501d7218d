// From sources, Node strips the types of an entry's file; from dist there is nothing to strip.
export const THREAD_ENTRY = import.meta.url.endsWith('.ts')
  ? new URL('./thread-entry.ts', import.meta.url)
  : new URL('./thread-entry.js', import.meta.url);
