import type { EventLog } from '@tksm/abstractions';
import type { Figures } from './bench-test.ts';
import type { Reading } from './meter.ts';

/** Adds to a reading what the log itself counted meanwhile. */
export function readingOf(log: EventLog, n: number, stop: () => Reading): () => Figures {
  const before = log.statistics;
  return () => {
    const { figures } = stop();
    const after = log.statistics;
    return {
      ...figures,
      flushes_per_op: (after.flushes - before.flushes) / n,
      log_bytes_per_op: (after.bytes - before.bytes) / n,
    };
  };
}
