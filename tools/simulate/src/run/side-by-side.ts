import { fork } from 'node:child_process';
import type { SeedsReport } from './run-seeds.ts';

/**
 * Runs the same program in several processes, each with every so-manieth seed, and gives what each came to. The first that meets
 * a violation ends the others, unless they are to keep going.
 */
export async function sideBySide(
  program: string,
  args: readonly string[],
  {
    jobs,
    first,
    keepsGoing,
  }: { readonly jobs: number; readonly first: number; readonly keepsGoing: boolean },
): Promise<readonly SeedsReport[]> {
  const children = Array.from({ length: jobs }, (_, n) => {
    const share = ['--stride', String(jobs), '--offset', String(n)];
    return fork(program, [...args, '--first-seed', String(first), ...share], { stdio: 'inherit' });
  });
  const reports = children.map(
    (child) =>
      new Promise<SeedsReport>((resolve, reject) => {
        child.once('message', (report: SeedsReport) => {
          resolve(report);
          if (report.totals.failed > 0 && !keepsGoing) for (const other of children) other.kill('SIGINT');
        });
        child.once('exit', (code, signal) => {
          reject(
            new Error(`a process of the simulation ended with ${signal ?? String(code)} and said nothing`),
          );
        });
      }),
  );
  return await Promise.all(reports);
}
