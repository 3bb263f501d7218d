import type { EventSource, LogReader, Position } from '@tksm/abstractions';
import { readEvents } from '@tksm/core';

/** A log as a source of events, up to and not including `to` when given. */
export function logSource(log: LogReader, to: Position = Number.POSITIVE_INFINITY): EventSource {
  return {
    async *events({ from = 0 } = {}) {
      for await (const recorded of readEvents(log, from)) {
        if (recorded.position >= to) return;
        yield recorded;
      }
    },
    head: async () => Math.min((await log.head()).position, to),
  };
}
