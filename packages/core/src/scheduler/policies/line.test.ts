import type { JobId, ReadyJob } from '@tksm/abstractions';
import { expect, it } from 'vitest';
import { Line } from './line.ts';

const ready = (n: number): ReadyJob => ({
  id: `job-${n}` as JobId,
  ...{ priority: 5, origin: '', agent: undefined, deadline: undefined },
  ...{ since: 0, sequence: 0, place: 0 },
});

it('does not grow with what came and was taken back', () => {
  const line = new Line();
  let [one, other] = [ready(1), ready(2)];
  line.push(one);
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 3_000_000; n++) {
    line.push(other);
    if (line.first !== one) throw new Error('not in order');
    line.remove(one);
    [one, other] = [other, one];
  }
  expect(line.size).toBe(1);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(8_000_000);
});
