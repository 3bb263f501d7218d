import { KernelError } from '@tksm/abstractions';
import type { Frame, StateReader } from '@tksm/abstractions';
import { replayState } from '@tksm/core';
import { createMemoryLog } from '@tksm/drivers-memory';
import type { MemoryLog } from '@tksm/drivers-memory';

const FORMAT = 'tksm-history/1';

/** A zone's log as JSON: to be kept in a file, looked at, and replayed by a later release. */
export interface SavedHistory {
  readonly format: 'tksm-history/1';
  readonly frames: readonly SavedFrame[];
}

export interface SavedFrame {
  readonly time: number;
  readonly epoch: number;
  readonly count: number;
  /** Hash of the frame's bytes; checked when the history is loaded. */
  readonly hash: string;
  /** JSON text of the frame's events, byte for byte. */
  readonly payload: string;
}

/** Saves what is durable in a log. */
export async function saveHistory(log: MemoryLog): Promise<SavedHistory> {
  const frames: SavedFrame[] = [];
  for await (const frame of log.read()) frames.push(saved(frame));
  return { format: FORMAT, frames };
}

/** A log with a saved history in it. @throws KernelError `FormatTooNew`, `LogDamaged` when a hash does not fit */
export async function logOf(history: SavedHistory): Promise<MemoryLog> {
  if (history.format !== FORMAT) {
    throw new KernelError(
      'FormatTooNew',
      `a saved history of format ${String(history.format)} is not known here`,
    );
  }
  const log = createMemoryLog();
  for (const { time, epoch, count, hash, payload } of history.frames) {
    const { position, hash: previousHash } = await log.head();
    const outcome = await log.append({ time, epoch, count, payload }, { position, previousHash, epoch });
    if (outcome.status !== 'committed' || outcome.head.hash !== hash) {
      throw new KernelError('LogDamaged', `the saved frame at ${position} was changed`, {
        data: { position },
      });
    }
  }
  return log;
}

/** The state that a saved history folds into. @throws KernelError `FormatTooNew`, `LogDamaged` */
export async function replayHistory(history: SavedHistory): Promise<StateReader> {
  return await replayState(await logOf(history));
}

function saved({ time, epoch, count, hash, payload }: Frame): SavedFrame {
  return { time, epoch, count, hash, payload: new TextDecoder().decode(payload) };
}
