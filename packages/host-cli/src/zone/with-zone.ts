// Guarantees: a command does the same whether it opens the data folder itself or asks the process that runs it; one that
// only decides and was cut off is sent again under its own command id, so that it is done once.

import { isKernelError } from '@tksm/abstractions';
import type { Kernel, KernelError, StateReader, ZoneClient } from '@tksm/abstractions';
import { systemClock, systemRandom, systemTimers } from '@tksm/drivers-system';
import { connectZone, localZone } from '@tksm/extensions-socket';
import type { ZoneConnection } from '@tksm/extensions-socket';
import type { Invocation } from '../program/invocation.ts';
import { warnOfExposedKeys } from '../tokens/exposed-keys.ts';
import { givenToken } from '../tokens/given-token.ts';
import { dataFolder } from './configuration.ts';
import { look } from './look.ts';
import { untilInterrupted } from './until-interrupted.ts';
import { DECIDE_ONLY, withKernel } from './with-kernel.ts';
import type { KernelUse } from './with-kernel.ts';

export interface ZoneUse {
  readonly zone: ZoneClient;
  /** Aborts when the command is interrupted, or took longer than `--timeout`. */
  readonly signal: AbortSignal;
  /** The process that runs the folder; undefined when it is this one. */
  readonly holder: string | undefined;
  /** The kernel of this process, when it is the one that runs the folder. */
  readonly kernel?: Kernel;
  /** Looks at what is durable, as the folder's owner: with the kernel of this process, or at the folder itself. */
  read<T>(query: (state: StateReader) => T): Promise<T>;
}

/** Waits between looks for who runs the folder: it may be changing hands, or be held by another short command. */
const LOOK_AGAIN_MS: readonly number[] = [50, 100, 200, 400];

/**
 * Does a piece of work on the data folder's zone: with a kernel of its own when nobody runs the folder, else through the
 * socket of who does; under the token that the command was given, if it was. Answers undefined when it was interrupted.
 *
 * @param concurrency of a kernel of its own. With `DECIDE_ONLY` the work is done again when the connection is lost; its
 * commands have ids, then.
 * @throws KernelError as `withKernel`; `DataFolderLocked` when the holder serves no socket; `Unreachable` when it is gone
 * before the work is done
 */
export async function withZone<T>(
  call: Invocation,
  work: (use: ZoneUse) => Promise<T>,
  concurrency?: number,
): Promise<T | undefined> {
  const token = await givenToken(call);
  if (token !== undefined) await warnOfExposedKeys(call, await dataFolder(call));
  const own = async ({ kernel, signal }: KernelUse): Promise<T> => {
    const read: ZoneUse['read'] = (query) => kernel.read(query);
    const handle = token === undefined ? kernel.operator : await kernel.accept(token);
    return await work({ zone: localZone(kernel, handle), signal, holder: undefined, kernel, read });
  };
  for (let look = 0; ; look++) {
    const waitMs = LOOK_AGAIN_MS[look];
    try {
      return await withKernel(call, own, concurrency);
    } catch (locked) {
      if (!isInOtherHands(locked)) throw locked;
      const connection = await reachHolder(call, token);
      try {
        if (connection !== undefined) return await askHolder(call, connection, work, holderName(locked));
        if (waitMs === undefined || locked.code !== 'DataFolderLocked') throw locked;
      } catch (error) {
        const isGoing = connection?.isLost === true || isLeaving(error);
        if (waitMs === undefined || concurrency !== DECIDE_ONLY || !isGoing) throw error;
      }
    }
    await new Promise<void>((resolve) => void systemTimers.after(waitMs, resolve));
    if (call.interruption.signal.aborted) return undefined;
  }
}

/** Whether a folder could not be opened for writing, but somebody else may have it open. */
export function isInOtherHands(error: unknown): error is KernelError {
  return isKernelError(error, 'DataFolderLocked') || isKernelError(error, 'DataFolderReadOnly');
}

/**
 * A connection to who runs the folder, under a token or as its owner; undefined when nobody answers.
 *
 * @throws KernelError `CapabilityDenied`, `FormatTooNew`; for a token, as `Kernel.accept`
 */
export async function reachHolder(
  call: Pick<Invocation, 'flags' | 'env'>,
  token?: string,
): Promise<ZoneConnection | undefined> {
  const time = { clock: systemClock, timers: systemTimers };
  try {
    return await connectZone({ dir: await dataFolder(call), time, random: systemRandom, token });
  } catch (error) {
    if (isKernelError(error, 'Unreachable')) return undefined;
    throw error;
  }
}

async function askHolder<T>(
  call: Invocation,
  zone: ZoneConnection,
  work: (use: ZoneUse) => Promise<T>,
  holder: string,
): Promise<T | undefined> {
  const dir = await dataFolder(call);
  const read: ZoneUse['read'] = async (query) => query((await look(dir)).state);
  call.interruption.drainWith(() => {
    call.output.notice(
      `only this command ends: ${holder} runs the folder and goes on with what was asked of it`,
    );
  });
  try {
    return await untilInterrupted(
      call,
      (signal) => work({ zone, signal, holder, read }),
      `${holder} runs the folder and goes on`,
    );
  } finally {
    zone.close();
  }
}

/** Whether the holder is on its way out: somebody else may have the folder in a moment. */
function isLeaving(error: unknown): boolean {
  return isKernelError(error, 'KernelStopped') || isKernelError(error, 'KernelDraining');
}

function holderName({ data: { pid } }: KernelError): string {
  return typeof pid === 'number' ? `process ${pid}` : 'another process';
}
