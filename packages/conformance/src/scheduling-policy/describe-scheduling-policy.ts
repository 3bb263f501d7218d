import { describe } from 'vitest';
import { costTests } from './cost-tests.ts';
import { fairnessTests } from './fairness-tests.ts';
import type { NewPolicy, SchedulingPolicySuite } from './fixture.ts';
import { orderTests } from './order-tests.ts';
import { randomTests } from './random-tests.ts';

/** Declares the tests that every SchedulingPolicy must pass. Call it at the top of a test file. */
export function describeSchedulingPolicy(suite: SchedulingPolicySuite): void {
  const create: NewPolicy = (weights = {}) =>
    suite.create({ weightOf: (origin) => (Object.hasOwn(weights, origin) ? (weights[origin] ?? 1) : 1) });
  const { capabilities = {} } = suite;

  describe(`SchedulingPolicy: ${suite.name}`, () => {
    randomTests(create);
    orderTests(create, capabilities);
    fairnessTests(create, capabilities);
    costTests(create);
  });
}
