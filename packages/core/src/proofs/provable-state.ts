import type { StateReader } from '@tksm/abstractions';
import { loadState } from '../snapshots/load-state.ts';
import type { StateSource } from '../snapshots/load-state.ts';
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
 * The state of a log, from the newest snapshot that has the digest it was recorded with, that gives proofs.
 *
 * @throws KernelError `LogDamaged` with `data.position`, `FormatTooNew`
 */
export async function provableState(source: StateSource): Promise<ProvableState> {
  const { state } = await loadState({ ...source, proves: true });
  const leaves = state.eventLeaves ? 'events' : 'frames';
  return { state: readerOf(state), leaves, prove: (key) => proveEntry(state, key) };
}
