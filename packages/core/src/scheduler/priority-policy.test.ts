import type { JobId, ReadyJob } from '@tksm/abstractions';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PriorityPolicy } from './priority-policy.ts';

const ready = (n: number, priority: number): ReadyJob => ({
  id: `job-${n}` as JobId,
  priority,
  origin: '',
  agent: undefined,
  deadline: undefined,
  sequence: n,
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
        if (one.act === 'add') {
          const job = ready(one.n, one.priority);
          policy.add(job);
          if (!model.some(({ id }) => id === job.id)) model.push(job);
        } else if (one.act === 'remove') {
          const { id } = ready(one.n, 0);
          expect(policy.remove(id)).toBe(model.some((job) => job.id === id));
          model = model.filter((job) => job.id !== id);
        } else {
          const highest = Math.max(...model.map(({ priority }) => priority));
          const next = model.find(({ priority }) => priority === highest);
          expect(policy.next()).toBe(next?.id);
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
    policy.add(ready(n, 5));
    if (n % 3 === 0) policy.remove(`job-${n}` as JobId);
    if (n > 10 && n % 2 === 0) {
      while (given % 3 === 0) given += 1;
      expect(policy.next()).toBe(`job-${given++}`);
    }
  }
});
