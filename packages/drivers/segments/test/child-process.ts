import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Child {
  readonly pid: number;
  /** Lines of standard output, as they come. */
  readonly lines: AsyncIterableIterator<string>;
  /** Standard error so far. */
  errors(): string;
  write(line: string): void;
  kill(): void;
  /** Settles with the exit code when the process is gone. */
  readonly exited: Promise<number | null>;
}

/** Starts a program of this folder, under another command when one is given, and ends it with the test. */
export function startChild(program: string, args: readonly string[], under: readonly string[] = []): Child {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const [command = process.execPath, ...rest] = [...under, process.execPath, file, ...args];
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return {
    pid: child.pid ?? 0,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    errors: () => errors,
    write: (line) => void child.stdin.write(`${line}\n`),
    kill: () => void child.kill('SIGKILL'),
    exited,
  };
}

export async function nextLine(child: Child): Promise<string> {
  const { value, done } = await child.lines.next();
  if (done === true) throw new Error(`the process ended: ${child.errors()}`);
  return value;
}
