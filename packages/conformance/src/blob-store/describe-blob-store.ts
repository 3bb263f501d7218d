import { describe } from 'vitest';
import { accessTests } from './access-tests.ts';
import { faultTests } from './fault-tests.ts';
import { withStoreOf } from './fixture.ts';
import type { BlobStoreSuite } from './fixture.ts';
import { writeTests } from './write-tests.ts';

/** Declares the tests that every BlobStore must pass. Call it at the top of a test file. */
export function describeBlobStore(suite: BlobStoreSuite): void {
  const withStore = withStoreOf(suite);
  describe(`BlobStore: ${suite.name}`, () => {
    writeTests(withStore);
    accessTests(withStore);
    faultTests(withStore, suite.capabilities ?? {});
  });
}
