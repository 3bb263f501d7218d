/**
 * Watches the event loop from another thread, so that a handler which blocks it is seen while it blocks.
 * Between `enter` and `leave` the loop must beat; outside, nothing wakes up.
 */
export interface LoopWatch {
  /** A handler is about to run; `label` names it in the report. */
  enter(label: string): void;
  /** No handler is running any more. */
  leave(): void;
  /** Called after a block has ended, with what was running and for how long. */
  onBlocked(listener: (label: string, blockedMs: number) => void): void;
}
