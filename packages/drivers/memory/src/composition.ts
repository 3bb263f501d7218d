import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { createMemoryBlobStore } from './memory-blob-store.ts';
import { MemoryJobIndex } from './memory-job-index.ts';
import { createMemoryLog } from './memory-log.ts';
import type { MemoryLogOptions } from './memory-log.ts';
import { createMemorySnapshots } from './memory-snapshots.ts';
import { createMemoryVault } from './memory-vault.ts';
import { seededRandom } from './seeded-random.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface MemoryOptions extends MemoryLogOptions {
  /** Registered as clock and timers, when given. */
  readonly clock?: VirtualClock;
  /** Makes the registered randomness repeatable, when given. */
  readonly seed?: number | string;
}

/** Registers a log, blobs, snapshots, a job index and a vault in memory and, when asked, virtual time and seeded chance. */
export function composeMemory(registrar: Registrar, options: MemoryOptions = {}): void {
  const { clock, seed } = options;
  registrar.singleton(TOKENS.log, () => createMemoryLog(options));
  registrar.singleton(TOKENS.blobs, () => createMemoryBlobStore());
  registrar.singleton(TOKENS.snapshots, () => createMemorySnapshots());
  registrar.singleton(TOKENS.jobIndex, () => new MemoryJobIndex());
  registrar.singleton(TOKENS.vault, () => createMemoryVault());
  if (clock !== undefined) {
    registrar.value(TOKENS.clock, clock);
    registrar.value(TOKENS.timers, clock);
  }
  if (seed !== undefined) registrar.value(TOKENS.random, seededRandom(seed));
}
