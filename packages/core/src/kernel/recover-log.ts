import { isKernelError } from '@tksm/abstractions';
import type { LogHead } from '@tksm/abstractions';
import { loadState } from '../snapshots/load-state.ts';
import type { KernelState } from '../state/kernel-state.ts';
import type { KernelPorts } from './ports.ts';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;

/**
 * Settles a log whose last outcome is unknown, and replays it: what is there is what happened. Tries again, ever more
 * slowly, for as long as it is wanted; damage is final.
 */
export async function recoverLog(
  { log, timers, logger, snapshots }: KernelPorts,
  wanted: () => boolean,
  failures = 0,
): Promise<{ readonly state: KernelState; readonly head: LogHead } | undefined> {
  const wait = (delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      timers.after(delayMs, resolve);
    });
  if (failures > 0) await wait(Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS));
  for (let delayMs = FIRST_DELAY_MS; wanted(); delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
    try {
      const head = await log.settle();
      const { state } = await loadState({ log, logger, store: snapshots });
      return { head, state };
    } catch (error) {
      const code = isKernelError(error) ? error.code : 'Internal';
      logger.log('error', 'the log cannot be recovered yet', { code, retryInMs: delayMs });
      if (code === 'LogDamaged') return undefined;
    }
    await wait(delayMs);
  }
  return undefined;
}
