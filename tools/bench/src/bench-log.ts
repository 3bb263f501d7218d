import type { EventLog, LogReader, LoopWatch } from '@tksm/abstractions';
import { createMemoryLog } from '@tksm/drivers-memory';
import { openSegments, openSegmentsReader } from '@tksm/drivers-segments';
import { systemClock } from '@tksm/drivers-system';

/** The first is what users get; a log in memory shows what the kernel costs without a disk. */
export const LOG_KINDS = ['segments', 'memory'] as const;
export type LogKind = (typeof LOG_KINDS)[number];

export type OpenedLog = EventLog & { readonly loopWatch?: LoopWatch };

/** Opens the log under test, again and again over what is stored. */
export interface BenchLog {
  readonly kind: LogKind;
  open(dir: string): Promise<OpenedLog>;
  openReader(dir: string): Promise<LogReader>;
}

export function benchLog(kind: LogKind): BenchLog {
  return kind === 'segments' ? segmentsLog : memoryLog();
}

const segmentsLog: BenchLog = {
  kind: 'segments',
  open: (dir) => openSegments({ dir, clock: systemClock }),
  openReader: (dir) => openSegmentsReader({ dir }),
};

function memoryLog(): BenchLog {
  const logs = new Map<string, ReturnType<typeof createMemoryLog>>();
  const open = async (dir: string): Promise<ReturnType<typeof createMemoryLog>> => {
    const log = logs.get(dir)?.openAnother() ?? createMemoryLog();
    logs.set(dir, log);
    return log;
  };
  return { kind: 'memory', open, openReader: open };
}
