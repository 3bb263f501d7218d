export const MIB = 1_048_576;

/** What is still held, in bytes, after the garbage is gone. */
export function held(): { readonly heap: number; readonly rss: number } {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}
