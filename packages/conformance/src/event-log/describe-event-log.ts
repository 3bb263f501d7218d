import { describe } from 'vitest';
import { appendTests } from './append-tests.ts';
import { faultTests } from './fault-tests.ts';
import type { EventLogSuite } from './fixture.ts';
import { lifecycleTests } from './lifecycle-tests.ts';
import { randomTests } from './random-tests.ts';
import { readTests } from './read-tests.ts';
import { withFixture } from '../with-fixture.ts';

/** Declares the tests that every EventLog must pass. Call it at the top of a test file. */
export function describeEventLog(suite: EventLogSuite): void {
  const withLog = withFixture(() => suite.create());
  describe(`EventLog: ${suite.name}`, () => {
    appendTests(withLog);
    readTests(withLog);
    lifecycleTests(withLog);
    faultTests(withLog, suite.capabilities ?? {});
    randomTests(withLog);
  });
}
