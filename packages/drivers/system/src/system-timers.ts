import type { Cancellation, Timers } from '@tksm/abstractions';

/** Longest wait Node's own timer can hold; a longer one would fire at once. */
const MAX_NODE_DELAY_MS = 2 ** 31 - 1;

/**
 * The event loop's timers. Guarantees: never early, although Node's timer may be by a millisecond; any delay up to
 * infinity; cancelled means never called.
 */
export const systemTimers: Timers = Object.freeze({
  after(delayMs: number, call: () => void): Cancellation {
    const dueAt = performance.now() + (delayMs > 0 ? delayMs : 0);
    let timer: NodeJS.Timeout | undefined;
    const arm = (): void => {
      const leftMs = dueAt - performance.now();
      if (leftMs <= 0 && timer !== undefined) return call();
      timer = setTimeout(arm, Math.min(Math.ceil(leftMs), MAX_NODE_DELAY_MS));
    };
    arm();
    return { cancel: () => clearTimeout(timer) };
  },
  soon(call: () => void): void {
    setImmediate(call);
  },
});
