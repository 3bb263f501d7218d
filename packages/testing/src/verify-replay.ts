import { canonicalJson, KernelError } from '@tksm/abstractions';
import type { Kernel, LogReader, StateReader, StoredValue } from '@tksm/abstractions';
import { replayState } from '@tksm/core';

/** How many differences a failed check names. */
const MAX_DIFFERENCES = 5;

interface Image {
  readonly position: number;
  readonly digest: string;
  readonly entries: ReadonlyMap<string, string>;
}

/**
 * Checks that the log folds into the state that the kernel holds.
 *
 * @throws KernelError `LogDamaged` with the first entries that differ
 */
export async function verifyReplay(kernel: Kernel, log: LogReader): Promise<void> {
  const live = await kernel.read(imageOf);
  const replayed = imageOf(await replayState(log, live.position));
  const differences = [...new Set([...live.entries.keys(), ...replayed.entries.keys()])]
    .filter((key) => live.entries.get(key) !== replayed.entries.get(key))
    .slice(0, MAX_DIFFERENCES)
    .map(
      (key) =>
        `${key}:\n  live     ${live.entries.get(key) ?? 'absent'}\n  replayed ${replayed.entries.get(key) ?? 'absent'}`,
    );
  // The live digest follows changes, and would not notice one that no event made.
  if (live.digest === replayed.digest && differences.length === 0) return;
  throw new KernelError(
    'LogDamaged',
    `the replay of the log is not the live state\n${differences.join('\n')}`,
    {
      data: { position: live.position, live: live.digest, replayed: replayed.digest },
    },
  );
}

function imageOf(state: StateReader): Image {
  const entries = new Map<string, string>([['position', String(state.position)]]);
  for (const job of state.jobs.list())
    entries.set(`job ${job.id}`, canonicalJson(job as unknown as StoredValue));
  for (const [key, entry] of state.world().scan()) {
    entries.set(`world ${key}`, canonicalJson(entry as unknown as StoredValue));
  }
  return { position: state.position, digest: state.digest(), entries };
}
