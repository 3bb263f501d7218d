import { hash, jobId, zoneId } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../state/digest.ts';
import { KernelState } from '../state/kernel-state.ts';
import { isInState, proveEntry } from './state-proof.ts';
import type { StateProof } from './state-proof.ts';

/** Enough that some share a bucket. */
const KEYS = 2_000;

function someState(): KernelState {
  const state = new KernelState();
  state.zone = zoneId('0f'.repeat(16));
  state.world.apply({ puts: Array.from({ length: KEYS }, (_, at) => [`k/${at}`, at] as const) }, 3);
  return state;
}

/** Generous: the machine may be busy. */
const TIMEOUT = { timeout: 60_000 };

describe('a state proof', TIMEOUT, () => {
  it('leads from an entry to the digest, for each kind of entry', () => {
    const state = someState();
    const digest = digestOf(state);
    let shared = 0;
    for (const key of ['zone', ...Array.from({ length: 40 }, (_, at) => `world/k/${at}`)]) {
      const proof = proveEntry(state, key);
      expect(proof === undefined ? undefined : isInState(proof, digest)).toBe(true);
      if ((proof?.bucket.length ?? 0) > 1) shared += 1;
    }
    expect(shared).toBeGreaterThan(0);
  });

  it('is not given for what is not there', () => {
    expect(proveEntry(someState(), `job/${jobId('11'.repeat(16))}`)).toBeUndefined();
  });

  it('is refused for another value, key, digest or hash', () => {
    const state = someState();
    const digest = digestOf(state);
    const proof = proveEntry(state, 'world/k/7') as StateProof;
    expect(isInState(proof, digest)).toBe(true);
    expect(isInState({ ...proof, value: 8 }, digest)).toBe(false);
    expect(isInState({ ...proof, key: 'world/k/8' }, digest)).toBe(false);
    expect(isInState(proof, hash('0'.repeat(64)))).toBe(false);
    for (const more of ['0'.repeat(128), 'x', '']) {
      expect(isInState({ ...proof, bucket: [...proof.bucket, more] }, digest)).toBe(false);
    }
    for (const [level, row] of proof.rows.entries()) {
      const slot = row.findIndex((each) => each !== '');
      const nothing = row.lastIndexOf('');
      const others = [row.with(slot, '1'.repeat(64)), row.with(15, `${row[15] ?? ''}x`), [...row, '']];
      if (nothing >= 0) others.push(row.with(nothing, '0'.repeat(64)));
      for (const other of others) {
        expect(isInState({ ...proof, rows: proof.rows.with(level, other) }, digest)).toBe(false);
      }
    }
  });
});
