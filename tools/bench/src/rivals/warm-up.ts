/** How long a sample's work is done before its clock starts, for the compiler's sake: a server has run for longer. */
const WARM_UP_MS = 1_000;
/** And how much of it at most, as a multiple of the sample. */
const MOST = 10;

/** Does `work`, which says how much that was, until the compiler has seen enough; `n` is what the sample does. */
export async function warmUp(n: number, work: () => Promise<number>): Promise<void> {
  const until = performance.now() + WARM_UP_MS;
  for (let done = 0; done < n * MOST && performance.now() < until;) done += await work();
}
