// Guarantees: the folder is given back however the work ends; an interruption drains before it; nothing that runs loses
// an attempt by either.

import { KernelError } from '@tksm/abstractions';
import type { Kernel } from '@tksm/abstractions';
import { openSegments } from '@tksm/drivers-segments';
import { systemClock } from '@tksm/drivers-system';
import { openDistro } from '@tksm/hosting';
import type { Configuration } from '@tksm/hosting';
import { tksm } from '../distro.ts';
import type { TksmParts } from '../distro.ts';
import type { Invocation } from '../program/invocation.ts';
import { longSpan } from '../terminal/times.ts';
import { configurationOf } from './configuration.ts';

export interface KernelUse {
  readonly kernel: Kernel;
  /** Aborts when the command is interrupted, or took longer than `--timeout`. */
  readonly signal: AbortSignal;
}

/** Deciding only: nothing that is queued is started. */
export const DECIDE_ONLY = 0;

/**
 * Opens the data folder's kernel for a piece of work, and stops it afterwards. Answers undefined when the work was
 * interrupted.
 *
 * @throws KernelError `DiskFull` and `StorageFailed` when the log could not be written, `DataFolderLocked`, `DataFolderReadOnly`, `LogDamaged`, `FormatTooNew`, `BootFailed`, `Timeout`,
 * and what the work throws
 */
export async function withKernel<T>(
  call: Invocation,
  work: (use: KernelUse) => Promise<T>,
  concurrency?: number,
): Promise<T | undefined> {
  const { interruption, flags } = call;
  const configuration = await configurationOf(call);
  const { settings } = configuration;
  interruption.drainWith(() => {
    call.output.notice(drainNotice(settings.drainGraceMs.value));
  });
  const { kernel, signal, timeout } = await open(call, configuration, concurrency);
  const limit = flags.number('timeout');
  try {
    const stopped = interruption.signal.aborted;
    const result = stopped ? undefined : await Promise.race([work({ kernel, signal }), untilAborted(signal)]);
    if (kernel.failure !== undefined) throw kernel.failure;
    return result;
  } catch (error) {
    if (kernel.failure !== undefined) throw kernel.failure;
    if (interruption.signal.aborted) return undefined;
    if (timeout?.aborted !== true) throw error;
    throw new KernelError(
      'Timeout',
      `not done after ${longSpan(limit ?? 0)}; what is unfinished goes on next time`,
    );
  } finally {
    await kernel.stop({ graceMs: settings.drainGraceMs.value });
  }
}

async function open(
  call: Invocation,
  configuration: Configuration,
  concurrency: number = configuration.settings.concurrency.value,
): Promise<{ kernel: Kernel; signal: AbortSignal; timeout: AbortSignal | undefined }> {
  const dir = configuration.settings.dataDir.value;
  const limit = call.flags.number('timeout');
  const timeout = limit === undefined ? undefined : AbortSignal.timeout(limit);
  const signal = AbortSignal.any([call.interruption.signal, ...(timeout === undefined ? [] : [timeout])]);
  const log = await openSegments({ dir, clock: systemClock });
  try {
    const logging = loggingOf(call, configuration);
    const config = { configuration, env: call.env, log, concurrency, logging };
    const distro = openDistro(tksm, { config });
    return { kernel: await distro.kernel(), signal, timeout };
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Lines of the kernel go between those of the command; `--verbose` shows more of them, `--json` keeps them JSON. */
function loggingOf({ output, flags }: Invocation, { settings }: Configuration): TksmParts['logging'] {
  const { value, origin } = settings.logLevel;
  const level =
    origin.layer !== 'default' ? value : flags.on('verbose') ? 'debug' : flags.on('quiet') ? 'error' : value;
  const write = (line: string): void => {
    output.complain(line.trimEnd());
  };
  return { level, pretty: !output.settings.json, destination: { write } };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function drainNotice(graceMs: number): string {
  const grace = graceMs === 0 ? '' : `, for at most ${longSpan(graceMs)}`;
  return `draining${grace}: what runs is interrupted and goes on next time, no attempt is lost; once more to stop at once`;
}
