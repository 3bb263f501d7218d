import { isKernelError, KernelError } from '@tksm/abstractions';
import type { JobId, JobView, Progress, ZoneClient } from '@tksm/abstractions';
import { LiveLine } from '../terminal/live-line.ts';
import type { Output } from '../terminal/output.ts';
import { printable } from '../terminal/text-width.ts';
import { longSpan } from '../terminal/times.ts';

/**
 * Waits until a job has settled, showing its progress. Answers the job as it ended.
 *
 * @throws KernelError `Unreachable` when another process ran it and has gone
 */
export async function awaitJob(
  zone: ZoneClient,
  job: JobId,
  signal: AbortSignal,
  output: Output,
): Promise<JobView | undefined> {
  const startedAt = performance.now();
  let latest: Progress | undefined;
  const forget = zone.onProgress(job, (progress) => {
    latest = progress;
  });
  const text = (): string => {
    const { done, total, message } = latest ?? {};
    const amount = done === undefined ? '' : ` ${done}${total === undefined ? '' : `/${total}`}`;
    const said = message === undefined ? '' : ` ${printable(message)}`;
    return `job ${job.slice(0, 8)} running for ${longSpan(performance.now() - startedAt)}${amount}${said}`;
  };
  const line = new LiveLine(output, { live: (width) => text().slice(0, width - 1), plain: text });
  try {
    // What the log has sealed is open in the outcome.
    const outcome = await zone.outcome(job, { signal });
    const view = await zone.job(job);
    return view && { ...view, outcome };
  } catch (cause) {
    if (!isKernelError(cause, 'Unreachable') && !isKernelError(cause, 'KernelStopped')) throw cause;
    throw new KernelError('Unreachable', 'the process that ran the folder has gone before the job ended', {
      ...{ cause, data: { job } },
      next: `tksm job watch ${job}, which runs it when nobody else does`,
    });
  } finally {
    line.end();
    forget();
  }
}
