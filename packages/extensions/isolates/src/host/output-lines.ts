import type { Readable } from 'node:stream';

/** Longest line of output that is passed on; the rest of it is dropped. */
const MAX_LINE = 4_096;

/** Passes on what a stream says, line by line, in bounded memory. */
export function readOutput(stream: Readable, tell: (line: string) => void): void {
  let held = '';
  const flush = (): void => {
    if (held !== '') tell(held);
    held = '';
  };
  stream.setEncoding('utf8');
  stream.on('data', (piece: string) => {
    const [first = '', ...rest] = piece.split('\n');
    held = (held + first).slice(0, MAX_LINE);
    for (const line of rest) {
      flush();
      held = line.slice(0, MAX_LINE);
    }
  });
  stream.on('end', flush).on('error', flush);
}
