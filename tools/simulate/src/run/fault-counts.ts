import { HONEST_FAULTS, LYING_FAULTS } from '../disk/fault.ts';

/** Every class of fault that a long run must have met. */
export const FAULT_CLASSES = [
  ...HONEST_FAULTS,
  ...LYING_FAULTS,
  ...[
    'dropped-sectors',
    'torn-write',
    'reordered-sectors',
    'lost-name',
    'unknown-outcome',
    'damage-reported',
  ],
  ...['clock-forward', 'clock-back', 'drain', 'clean-restart', 'late-result'],
  ...['command-retried', 'batch-retried', 'deduplicated'],
  ...['retired', 'recalled', 'command-too-old', 'index-lost', 'index-behind', 'index-foreign'],
  ...['breaker-opened', 'breaker-half-opened', 'breaker-closed', 'ladder-moved', 'setting-changed'],
  ...['kind-paused', 'pool-paused', 'job-paused', 'tree-cancelled', 'redriven', 'queue-full'],
  ...['ticked', 'schedule-paused', 'schedule-removed', 'debounced'],
  ...['supervisor-started', 'supervisor-restarting', 'supervisor-ended'],
  ...['worker-dies', 'worker-stalls', 'worker-lies', 'worker-twice', 'worker-late'],
  ...['message-lost', 'message-doubled', 'message-delayed'],
  ...['snapshot-found', 'snapshot-damaged', 'snapshot-lost'],
] as const;

export type FaultClass = string;

/** How often each class of fault happened. */
export class FaultCounts {
  readonly #counts = new Map<FaultClass, number>();

  add(fault: FaultClass, times = 1): void {
    this.#counts.set(fault, this.of(fault) + times);
  }

  of(fault: FaultClass): number {
    return this.#counts.get(fault) ?? 0;
  }

  entries(): IterableIterator<readonly [FaultClass, number]> {
    return this.#counts.entries();
  }

  merge(others: Iterable<readonly [FaultClass, number]>): void {
    for (const [fault, times] of others) this.add(fault, times);
  }

  /** Classes that never happened. */
  missing(): readonly string[] {
    return FAULT_CLASSES.filter((fault) => this.of(fault) === 0);
  }
}
