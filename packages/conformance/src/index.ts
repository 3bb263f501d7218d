export { describeBlobStore } from './blob-store/describe-blob-store.ts';
export type { BlobStoreFixture, BlobStoreHooks, BlobStoreSuite } from './blob-store/fixture.ts';
export { describeEventLog } from './event-log/describe-event-log.ts';
export type { EventLogFixture, EventLogHooks, EventLogSuite } from './event-log/fixture.ts';
export { describeSnapshotStore } from './snapshot-store/describe-snapshot-store.ts';
export type { SnapshotStoreFixture, SnapshotStoreSuite } from './snapshot-store/describe-snapshot-store.ts';
export { describeWorld } from './world/describe-world.ts';
export type { WorldSuite } from './world/fixture.ts';
