import type { LogReader, Position, StateReader } from '@tksm/abstractions';
import { replay } from '../log/replay.ts';
import { readerOf } from '../state/state-reader.ts';
import type { Leaves } from './frame-leaf.ts';
import { proveEntry } from './state-proof.ts';
import type { StateProof } from './state-proof.ts';

/** A replayed state whose entries can be proved against its digest. */
export interface ProvableState {
  readonly state: StateReader;
  /** What the leaves of the zone's tree are made of. */
  readonly leaves: Leaves;
  /** The proof of an entry of the digest tree (ADR 0008); undefined when it is not there. */
  prove(key: string): StateProof | undefined;
}

/**
 * Folds a log, up to but not including `to`, into a state that gives proofs.
 *
 * @throws KernelError `LogDamaged` with `data.position`, `FormatTooNew`
 */
export async function provableState(log: LogReader, to?: Position): Promise<ProvableState> {
  const { state } = await replay(log, { to });
  return {
    state: readerOf(state),
    leaves: state.eventLeaves ? 'events' : 'frames',
    prove: (key) => proveEntry(state, key),
  };
}
