import { KernelError } from '@tksm/abstractions';
import { systemTimers } from '@tksm/drivers-system';
import type { Invocation } from '../program/invocation.ts';
import { longSpan } from '../terminal/times.ts';

/**
 * Does a piece of work until it is done, the command is interrupted, or `--timeout` is over. Answers undefined when it was
 * interrupted.
 *
 * @param afterwards what becomes of work that ran out of time
 * @throws KernelError `Timeout`, and what the work throws
 */
export async function untilInterrupted<T>(
  { interruption, flags }: Invocation,
  work: (signal: AbortSignal) => Promise<T>,
  afterwards: string,
): Promise<T | undefined> {
  const limit = flags.number('timeout');
  const timeout = limit === undefined ? undefined : AbortSignal.timeout(limit);
  const signal = AbortSignal.any([interruption.signal, ...(timeout === undefined ? [] : [timeout])]);
  if (interruption.signal.aborted) return undefined;
  // What is waited for may leave the event loop with nothing to do: a message from another terminal, say.
  const awake = systemTimers.after(Number.POSITIVE_INFINITY, () => undefined);
  try {
    return await Promise.race([work(signal), untilAborted(signal)]);
  } catch (error) {
    if (interruption.signal.aborted) return undefined;
    if (timeout?.aborted !== true) throw error;
    throw new KernelError('Timeout', `not done after ${longSpan(limit ?? 0)}; ${afterwards}`);
  } finally {
    awake.cancel();
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** Does a piece of work that begins nothing until it is done, or `--timeout` is over. @throws KernelError `Timeout`, and what the work throws */
export async function inTime<T>({ flags }: Pick<Invocation, 'flags'>, work: Promise<T>): Promise<T> {
  const limit = flags.number('timeout');
  if (limit === undefined) return await work;
  const timeout = AbortSignal.timeout(limit);
  try {
    return await Promise.race([work, untilAborted(timeout)]);
  } catch (error) {
    if (!timeout.aborted) throw error;
    throw new KernelError('Timeout', `not done after ${longSpan(limit)}; nothing was begun`);
  }
}
