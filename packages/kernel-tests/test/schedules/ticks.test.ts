import { withKernel } from '@tksm/kernel-tests';
import { defineKind } from '@tksm/core';
import { expect, it } from 'vitest';

const HOUR = 3_600_000;
const note = defineKind({ name: 'note', run: () => null });

it(
  'submits a job at each tick of a cron schedule',
  withKernel({ kinds: [note] }, async (test) => {
    const start = test.clock.now();
    const input = { name: 'hourly', job: { kind: 'note', input: { n: 1 } }, cron: '0 * * * *' };
    await test.perform({ kind: 'schedule.set', input });
    await test.advance(3 * HOUR);
    const jobs = await test.kernel.read((state) => [...state.jobs.list({ schedule: 'hourly' })]);
    const hours = [1, 2, 3].map((n) => start + n * HOUR);
    expect(jobs.map(({ spec }) => spec.tick?.at)).toEqual(hours);
    expect(jobs.map(({ submittedAt }) => submittedAt)).toEqual(hours);
    expect(jobs.every(({ status }) => status === 'succeeded')).toBe(true);
  }),
);
