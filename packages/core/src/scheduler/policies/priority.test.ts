import type { JobId, ReadyJob } from '@tksm/abstractions';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PriorityPolicy } from './priority.ts';

const ready = (n: number, priority: number): ReadyJob => ({
  id: `job-${n}` as JobId,
  priority,
  origin: '',
  agent: undefined,
  deadline: undefined,
  since: 0,
  sequence: n,
  place: 0,
});

it('agrees with a sorted list through additions, removals and choices', () => {
  const act = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        act: fc.constant('add' as const),
        n: fc.nat({ max: 20 }),
        priority: fc.nat({ max: 9 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('remove' as const), n: fc.nat({ max: 20 }) }) },
    { weight: 3, arbitrary: fc.record({ act: fc.constant('next' as const) }) },
  );
  fc.assert(
    fc.property(fc.array(act, { size: 'large' }), (acts) => {
      const policy = new PriorityPolicy();
      let model: ReadyJob[] = [];
      for (const one of acts) {
        const known = one.act === 'next' ? undefined : model.find(({ sequence }) => sequence === one.n);
        if (one.act === 'add') {
          if (known !== undefined) continue;
          const job = ready(one.n, one.priority);
          policy.add(job);
          model.push(job);
        } else if (one.act === 'remove') {
          expect(policy.remove(known ?? ready(one.n, 0))).toBe(known !== undefined);
          model = model.filter((job) => job !== known);
        } else {
          const highest = Math.max(...model.map(({ priority }) => priority));
          const [next] = model
            .filter(({ priority }) => priority === highest)
            .sort((a, b) => a.sequence - b.sequence);
          expect(policy.next()).toBe(next);
          model = model.filter((job) => job !== next);
        }
        expect(policy.size).toBe(model.length);
      }
    }),
  );
});

it('keeps order when thousands come and go in between', () => {
  const policy = new PriorityPolicy();
  let given = 0;
  for (let n = 0; n < 10_000; n++) {
    const job = ready(n, 5);
    policy.add(job);
    if (n % 3 === 0) policy.remove(job);
    if (n > 10 && n % 2 === 0) {
      while (given % 3 === 0) given += 1;
      expect(policy.next()?.id).toBe(`job-${given++}`);
    }
  }
});
