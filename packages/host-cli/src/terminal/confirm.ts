import { createInterface } from 'node:readline/promises';
import { KernelError } from '@tksm/abstractions';
import type { Invocation } from '../program/invocation.ts';

/** Asks on the terminal. Off one, only `--yes` is an answer. @throws KernelError `UsageError` */
export async function confirm({ flags, interruption }: Invocation, question: string): Promise<boolean> {
  if (flags.on('yes')) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new KernelError('UsageError', `${question} Say --yes: nobody can be asked here`, {
      next: 'the same with --yes, or look first with --dry-run',
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  lines.on('SIGINT', () => {
    interruption.receive('SIGINT');
  });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
