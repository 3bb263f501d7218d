export { createMemoryBlobStore } from './memory-blob-store.ts';
export type { MemoryBlobStore } from './memory-blob-store.ts';
export { createMemoryLog, DEFAULT_MAX_FRAME_BYTES } from './memory-log.ts';
export type { AppendFault, MemoryLog, MemoryLogOptions } from './memory-log.ts';
export { createMemorySnapshots } from './memory-snapshots.ts';
export type { MemorySnapshots } from './memory-snapshots.ts';
export { seededRandom } from './seeded-random.ts';
export { MAX_CALLS_AT_ONE_TIME, VirtualClock } from './virtual-clock.ts';
export type { VirtualClockOptions } from './virtual-clock.ts';
