import { readdirSync, readFileSync } from 'node:fs';
import { descendantsOf } from './processes.ts';

/** What processes have done so far. */
export interface ProcessWork {
  readonly cpuMs: number;
  /** Times that a thread went to sleep of its own accord, and so was woken: `voluntary_ctxt_switches`. */
  readonly wakeUps: number;
  /** System calls that read or write. */
  readonly ioCalls: number;
}

const NS_PER_MS = 1_000_000;

/** Of these processes, all that they started, and all their threads. Zeros where there is no Linux /proc. */
export function workOf(roots: readonly number[]): ProcessWork {
  const work = { cpuMs: 0, wakeUps: 0, ioCalls: 0 };
  for (const pid of descendantsOf(roots)) {
    try {
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        const folder = `/proc/${pid}/task/${thread}`;
        // Its first number: nanoseconds on a processor. The ticks of `stat` are too coarse for a process at rest.
        work.cpuMs += Number(readFileSync(`${folder}/schedstat`, 'utf8').split(' ')[0]) / NS_PER_MS;
        work.wakeUps += numberIn(`${folder}/status`, 'voluntary_ctxt_switches');
      }
      work.ioCalls += numberIn(`/proc/${pid}/io`, 'syscr') + numberIn(`/proc/${pid}/io`, 'syscw');
    } catch {
      // It ended while we looked.
    }
  }
  return work;
}

function numberIn(file: string, name: string): number {
  const text = readFileSync(file, 'utf8');
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}
