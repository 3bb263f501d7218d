import type { LogReader, Position, StateReader } from '@tksm/abstractions';
import { replay } from '../log/replay.ts';
import { readerOf } from './state-reader.ts';

/**
 * The state that a log folds into, up to but not including `to`. Opens no kernel and writes nothing.
 *
 * @throws KernelError `LogDamaged` with `data.position`, `FormatTooNew`
 */
export async function replayState(log: LogReader, to?: Position): Promise<StateReader> {
  return readerOf((await replay(log, { to })).state);
}
