// From sources, Node strips the types of an entry's file; from dist there is nothing to strip.
const fromSources = import.meta.url.endsWith('.ts');

export const THREAD_ENTRY = fromSources
  ? new URL('./thread-entry.ts', import.meta.url)
  : new URL('./thread-entry.js', import.meta.url);

export const PROCESS_ENTRY = fromSources
  ? new URL('./process-entry.ts', import.meta.url)
  : new URL('./process-entry.js', import.meta.url);

export const MODULE_RUNNER = fromSources
  ? new URL('./run-module.ts', import.meta.url)
  : new URL('./run-module.js', import.meta.url);
