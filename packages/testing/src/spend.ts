import type { TaskContext, Timers } from '@tksm/abstractions';

/** How a handler of a test kernel spends time. */
interface Spending {
  readonly timers: Timers;
  begin(): void;
  end(): void;
}

const spendings = new WeakMap<TaskContext, Spending>();

/** Lets the handler that is given a context spend time. */
export function whileSpending(context: TaskContext, spending: Spending): void {
  spendings.set(context, spending);
}

/**
 * Lets virtual time pass while a handler runs, as work does that takes so long: unlike `context.sleep` it holds the slot,
 * and counts against the timeout. Rejects when the signal aborts.
 *
 * @throws Error outside a handler of a test kernel
 */
export async function spend(context: TaskContext, ms: number): Promise<void> {
  const spending = spendings.get(context);
  if (spending === undefined) throw new Error('only a handler of a test kernel can spend virtual time');
  const { signal } = context;
  signal.throwIfAborted();
  spending.begin();
  try {
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        timer.cancel();
        reject(signal.reason as Error);
      };
      const timer = spending.timers.after(ms, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      signal.addEventListener('abort', stop, { once: true });
    });
  } finally {
    spending.end();
  }
}
