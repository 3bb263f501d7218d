import { describe, expect, it } from 'vitest';
import { drain, readyJob } from './fixture.ts';
import type { NewPolicy, SchedulingPolicySuite } from './fixture.ts';

type Capabilities = NonNullable<SchedulingPolicySuite['capabilities']>;

export function orderTests(create: NewPolicy, { inOrder, priority, deadline }: Capabilities): void {
  describe('order', () => {
    it.skipIf(inOrder !== true)('gives jobs alike in the order in which they became ready', () => {
      const policy = create();
      for (const n of [1, 2, 3, 4]) policy.add(readyJob(n));
      expect(sequences(policy)).toEqual([1, 2, 3, 4]);
    });

    it.skipIf(inOrder !== true)('puts one that was held back where it stood', () => {
      const policy = create();
      for (const n of [5, 6, 7]) policy.add(readyJob(n));
      expect(policy.next(0)?.sequence).toBe(5);
      for (const n of [2, 8, 1]) policy.add(readyJob(n));
      policy.add(readyJob(9, { since: 1_006 }));
      expect(sequences(policy)).toEqual([1, 2, 6, 9, 7, 8]);
    });

    it.skipIf(priority !== true)('gives the higher priority first to jobs that became ready together', () => {
      const policy = create();
      for (const [sequence, level] of [5, 0, 9, 5, 7].entries())
        policy.add(readyJob(sequence, { priority: level, since: 1_000 }));
      expect(drain(policy).map((job) => job.priority)).toEqual([9, 7, 5, 5, 0]);
    });

    it.skipIf(deadline !== true)('gives the earliest deadline first, and those without one last', () => {
      const policy = create();
      for (const [sequence, at] of [undefined, 9_000, 3_000, undefined, 5_000].entries())
        policy.add(readyJob(sequence, { deadline: at }));
      expect(sequences(policy)).toEqual([2, 4, 1, 0, 3]);
    });
  });
}

function sequences(policy: ReturnType<NewPolicy>): number[] {
  return drain(policy).map(({ sequence }) => sequence);
}
