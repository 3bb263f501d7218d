import { commandId } from '@tksm/abstractions';
import type { Kernel, OperationReceipt } from '@tksm/abstractions';
import { openSegments } from '@tksm/drivers-segments';
import { systemClock } from '@tksm/drivers-system';
import { loadConfiguration, openDistro } from '@tksm/hosting';
import { tksm } from '../src/distro.ts';
import type { Place } from './tksm.ts';

/** Runs the kernel of a place's data folder in this process, with segments that are soon full. */
export async function withSmallSegments(
  place: Place,
  work: (kernel: Kernel) => Promise<void>,
): Promise<void> {
  const flags = { dataDir: place.data };
  const configuration = await loadConfiguration({ flags, env: {}, cwd: place.folder, home: place.folder });
  const log = await openSegments({ dir: place.data, clock: systemClock, maxSegmentBytes: 16 * 1024 });
  const logging = { level: 'error', pretty: false, destination: { write: () => undefined } } as const;
  const config = { configuration, env: {}, log, concurrency: 0, logging };
  try {
    const kernel = await openDistro(tksm, { config }).kernel();
    try {
      await work(kernel);
    } finally {
      await kernel.stop({ graceMs: 0 });
    }
  } finally {
    await log.close();
  }
}

/** Sets a variable under a command id of its own. */
export async function setVar(kernel: Kernel, n: number): Promise<OperationReceipt> {
  const input = { name: `v${n % 7}`, value: `${n}`.padEnd(600, 'x') };
  return await kernel.perform({ kind: 'var.set', input, id: commandId(`set-${n}`) }, kernel.operator);
}
