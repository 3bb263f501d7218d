import type { Position, StateReader } from '@tksm/abstractions';
import { readerOf } from '../state/state-reader.ts';
import type { FindRetired } from '../retention/find-retired.ts';
import { loadState } from './load-state.ts';
import type { StateSource } from './load-state.ts';

/** A state for looking at, and where making it began: at a snapshot, or at 0. */
export interface StateReading {
  readonly state: StateReader;
  readonly from: Position;
}

/**
 * The state that a log folds into, from the newest good snapshot on. Opens no kernel and writes nothing.
 * What has retired by then is not in it: `find` may know.
 *
 * @throws KernelError `LogDamaged` with `data.position`, `FormatTooNew`
 */
export async function readState(
  source: StateSource & { readonly find?: FindRetired },
): Promise<StateReading> {
  const { state, from } = await loadState(source);
  return { state: readerOf(state, source.find), from };
}
