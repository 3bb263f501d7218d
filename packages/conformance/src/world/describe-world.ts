import { describe } from 'vitest';
import { entryTests } from './entry-tests.ts';
import { withWorldOf } from './fixture.ts';
import type { WorldSuite } from './fixture.ts';
import { randomTests } from './random-tests.ts';
import { scanTests } from './scan-tests.ts';
import { snapshotTests } from './snapshot-tests.ts';

/** Declares the tests that every World must pass. Call it at the top of a test file. */
export function describeWorld(suite: WorldSuite): void {
  const withWorld = withWorldOf(suite);
  describe(`World: ${suite.name}`, () => {
    entryTests(withWorld);
    scanTests(withWorld);
    snapshotTests(withWorld);
    randomTests(withWorld);
  });
}
