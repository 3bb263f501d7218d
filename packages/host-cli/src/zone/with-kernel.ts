// Guarantees: the folder is given back however the work ends; an interruption drains before it; nothing that runs loses
// an attempt by either.

import { TOKENS } from '@tksm/abstractions';
import type { Kernel, Resolver, TrustPolicy } from '@tksm/abstractions';
import { openSegments, tellRecovery } from '@tksm/drivers-segments';
import type { SegmentsLog } from '@tksm/drivers-segments';
import { systemClock } from '@tksm/drivers-system';
import { openDistro } from '@tksm/hosting';
import type { Configuration } from '@tksm/hosting';
import { servedZone } from '@tksm/extensions-socket';
import { SERVE_ZONE } from '@tksm/extensions-socket/composition';
import { tksm } from '../distro.ts';
import type { TksmParts } from '../distro.ts';
import type { Invocation } from '../program/invocation.ts';
import { longSpan } from '../terminal/times.ts';
import { configurationOf } from './configuration.ts';
import { readTrustPolicy } from './trust-policy.ts';
import { untilInterrupted } from './until-interrupted.ts';

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
  const configuration = await configurationOf(call);
  // Before anything can drain: whoever waits for a file is interrupted at once.
  const trustPolicy = await readTrustPolicy(call, configuration);
  const graceMs = configuration.settings.drainGraceMs.value;
  call.interruption.drainWith(() => {
    call.output.notice(drainNotice(graceMs));
  });
  const kernel = await open(call, { configuration, trustPolicy, concurrency });
  try {
    const result = await untilInterrupted(
      call,
      (signal) => work({ kernel, signal }),
      'what is unfinished goes on next time',
    );
    if (kernel.failure !== undefined) throw kernel.failure;
    return result;
  } catch (error) {
    throw kernel.failure ?? error;
  } finally {
    await kernel.stop({ graceMs });
  }
}

interface Opening {
  readonly configuration: Configuration;
  readonly trustPolicy: TrustPolicy | undefined;
  readonly concurrency: number | undefined;
}

async function open(call: Invocation, { configuration, trustPolicy, ...wanted }: Opening): Promise<Kernel> {
  const { dataDir, concurrency: usual } = configuration.settings;
  const [dir, concurrency] = [dataDir.value, wanted.concurrency ?? usual.value];
  const log = await openSegments({ dir, clock: systemClock });
  try {
    const logging = loggingOf(call, configuration);
    const config = { configuration, env: call.env, log, concurrency, logging, trustPolicy };
    const distro = openDistro(tksm, { config });
    tellRecovery(log, distro.resolver.get(TOKENS.logger));
    const kernel = await distro.kernel();
    if (concurrency > DECIDE_ONLY) await serve(kernel, log, distro.resolver);
    return kernel;
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Lets other terminals in. A folder that takes no socket is run without. */
async function serve(kernel: Kernel, log: SegmentsLog, resolver: Resolver): Promise<void> {
  try {
    const server = await resolver.get(SERVE_ZONE)(servedZone(kernel));
    log.beforeRelease(() => server.close());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    resolver.get(TOKENS.logger).log('warn', 'other terminals are not served: no socket here', { why });
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

function drainNotice(graceMs: number): string {
  const grace = graceMs === 0 ? '' : `, for at most ${longSpan(graceMs)}`;
  return `draining${grace}: what runs is interrupted and goes on next time, no attempt is lost; once more to stop at once`;
}
