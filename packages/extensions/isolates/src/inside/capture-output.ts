import type { LogLevel } from '@tksm/abstractions';

/** Whose lines are which. */
const STREAMS: readonly ['stdout' | 'stderr', LogLevel][] = [
  ['stdout', 'info'],
  ['stderr', 'warn'],
];

/** Passes on what this thread prints, line by line, in the place of printing it: its output is its job's. */
export function captureOutput(tell: (level: LogLevel, line: string) => void): void {
  for (const [name, level] of STREAMS) {
    process[name].write = (chunk: Uint8Array | string, ...rest: unknown[]): boolean => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      for (const line of text.split('\n')) if (line !== '') tell(level, line);
      const done = rest.at(-1);
      if (typeof done === 'function') process.nextTick(done);
      return true;
    };
  }
}
