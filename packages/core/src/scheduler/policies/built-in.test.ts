import { describeSchedulingPolicy } from '@tksm/conformance';
import type { SchedulingPolicySuite } from '@tksm/conformance';
import { BUILT_IN_POLICIES } from './built-in.ts';
import { AGEING_MS } from './fair.ts';

const PROMISES: Readonly<Record<string, SchedulingPolicySuite['capabilities']>> = {
  fair: { inOrder: true, priority: true, fair: 'weighted', ageingMs: 9 * AGEING_MS },
  fifo: { inOrder: true },
  priority: { inOrder: true, priority: true },
  'round-robin': { inOrder: true, fair: 'alike' },
  deadline: { inOrder: true, deadline: true },
};

for (const { name, create } of BUILT_IN_POLICIES) {
  const capabilities = PROMISES[name];
  describeSchedulingPolicy({ name, create, ...(capabilities && { capabilities }) });
}
