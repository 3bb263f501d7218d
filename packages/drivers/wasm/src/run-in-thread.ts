import { Worker } from 'node:worker_threads';
import { KernelError } from '@tksm/abstractions';
import type { Permit, Signal, Timers } from '@tksm/abstractions';
import { THREAD_ENTRY } from './inside/entries.ts';
import type { ThreadOutput, ThreadPlan } from './thread-plan.ts';

export interface ThreadBounds {
  readonly timeoutMs: number;
  readonly signal: Signal;
  readonly timers: Timers;
}

/** Of the thread's own JavaScript: the library, and names of files. A program's memory is counted apart. */
const RESOURCES = Object.freeze({ maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 });

/**
 * Runs a permitted program in a thread of its own, with nothing of this process but the plan. The thread has ended when this answers.
 *
 * @throws KernelError `TimedOut`, `ModuleFailed` (the thread died of it); the reason of the signal
 */
export async function runInThread(
  _permit: Permit,
  plan: ThreadPlan,
  bounds: ThreadBounds,
): Promise<ThreadOutput> {
  const { signal, timers, timeoutMs } = bounds;
  signal.throwIfAborted();
  const worker = new Worker(THREAD_ENTRY, {
    ...{ workerData: plan, resourceLimits: RESOURCES, env: {}, argv: [], execArgv: [] },
    ...{ stdin: false, stdout: true, stderr: true },
  });
  const { promise, resolve, reject } = Promise.withResolvers<ThreadOutput>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const timer = timers.after(timeoutMs, () => reject(late(timeoutMs)));
  worker.once('message', resolve);
  worker.once('messageerror', reject);
  worker.on('error', (error: unknown) => reject(died(error)));
  worker.once('exit', () => reject(died(new Error('its thread ended early'))));
  try {
    return await promise;
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

function late(timeoutMs: number): KernelError {
  const next = 'raise timeoutMs, or let the program do less at once';
  return new KernelError('TimedOut', `the module ran for more than ${timeoutMs} ms`, {
    data: { timeoutMs },
    next,
  });
}

function died(error: unknown): KernelError {
  const why = error instanceof Error ? error.message : String(error);
  return new KernelError('ModuleFailed', `the module brought its thread down: ${why}`, { data: { why } });
}
