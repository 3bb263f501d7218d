import type { JobId } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, echo, storyOf, TINY_RETENTION, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

/** Fails while the variable `down` is set. */
const call = defineKind({
  name: 'call',
  retry: { maxAttempts: 2, initialDelayMs: 1_000, jitter: 0 },
  run: async (_input, { vars }) => {
    if ((await vars.get('down')) !== undefined) throw new Error('no answer');
    return undefined;
  },
});
const other = defineKind({ ...call, name: 'other' });
const kinds = [call, echo, other];

const down = (test: TestKernel) => test.perform({ kind: 'var.set', input: { name: 'down', value: true } });
const up = (test: TestKernel) => test.perform({ kind: 'var.delete', input: { name: 'down' } });
async function redrive(test: TestKernel, input: object = {}, id?: string) {
  const { output } = await test.perform({ kind: 'job.redrive', input, ...(id !== undefined && { id }) });
  return output as unknown as { jobs: JobId[]; skipped: number; more: boolean };
}

/** Jobs that fail for good, one after the other. */
async function dead(test: TestKernel, count: number, options: object = {}): Promise<readonly JobId[]> {
  await down(test);
  const jobs: JobId[] = [];
  for (let n = 0; n < count; n++) {
    const { job } = await test.enqueue({ kind: call, ...options });
    await test.outcome(job);
    jobs.push(job);
  }
  await up(test);
  return jobs;
}

describe('redriving dead letters', () => {
  it(
    'runs them again with a fresh count of attempts, and notes how often',
    withKernel({ kinds }, async (test) => {
      const jobs = await dead(test, 3);
      await test.run({ kind: echo, input: 1 });
      expect(await redrive(test)).toEqual({ jobs, skipped: 0, more: false });
      for (const job of jobs) expect((await test.outcome(job)).status).toBe('succeeded');
      const [first = '' as JobId] = jobs;
      expect(await test.job(first)).toMatchObject({ attempts: 0, redriven: 1 });
      const failing = ['leased', 'attempt-failed', 'leased', 'failed'];
      expect(await storyOf(test, first)).toEqual([
        'submitted',
        ...failing,
        'released',
        'leased',
        'succeeded',
      ]);
      expect(await redrive(test)).toEqual({ jobs: [], skipped: 0, more: false });
    }),
  );

  it(
    'finds those that have retired, and puts back what they need',
    withKernel({ kinds, retention: TINY_RETENTION }, async (test) => {
      const jobs = await dead(test, 4);
      for (let n = 0; n < 6; n++) await test.run({ kind: echo, input: n });
      expect((await test.job(jobs[0] ?? ('' as JobId))).retired).toBe(true);
      expect([...(await redrive(test)).jobs].sort()).toEqual([...jobs].sort());
      for (const job of jobs) expect((await test.outcome(job)).status).toBe('succeeded');
    }),
  );

  it(
    'takes the latest, and says whether there are more',
    withKernel({ kinds }, async (test) => {
      const jobs = await dead(test, 3);
      expect(await redrive(test, { limit: 2 })).toEqual({ jobs: jobs.slice(1), skipped: 0, more: true });
    }),
  );

  it(
    'keeps to a kind, an origin and a time',
    withKernel({ kinds }, async (test) => {
      const [early] = await dead(test, 1);
      await test.advance(60_000);
      const since = test.clock.now();
      const [late] = await dead(test, 1);
      const [of] = await dead(test, 1, { origin: 'tenant' });
      const [kind] = await dead(test, 1, { kind: 'other' });
      expect((await redrive(test, { origin: 'tenant' })).jobs).toEqual([of]);
      expect((await redrive(test, { kind: 'other' })).jobs).toEqual([kind]);
      expect((await redrive(test, { since })).jobs).toEqual([late]);
      expect((await redrive(test)).jobs).toEqual([early]);
    }),
  );

  it(
    'under one command id happens once, across a crash',
    withKernel({ kinds }, async (test) => {
      await dead(test, 2);
      const first = await redrive(test, {}, 'again');
      await test.advance(10_000);
      await dead(test, 1);
      await test.restart();
      expect(await redrive(test, {}, 'again')).toEqual(first);
      expect(first.jobs).toHaveLength(2);
    }),
  );

  it(
    'leaves out what cannot run: a second of one dedup key, and a quarantined kind',
    withKernel({ kinds }, async (test) => {
      const twins = await dead(test, 2, { dedupKey: 'one' });
      await dead(test, 1, { kind: 'other' });
      await test.perform({ kind: 'ladder.set', input: { kind: 'other', rung: 'quarantined' } });
      expect(await redrive(test)).toEqual({ jobs: [twins[1]], skipped: 2, more: false });
    }),
  );

  it(
    'leaves out what would be too late at once, and says so of a single one',
    withKernel({ kinds }, async (test) => {
      const [job] = await dead(test, 1, { deadline: test.clock.now() + 60_000 });
      await test.advance(60_000);
      expect(await redrive(test)).toEqual({ jobs: [], skipped: 1, more: false });
      expect(await codeOf(test.perform({ kind: 'job.retry', input: { job: job ?? '' } }))).toBe(
        'InvalidOperation',
      );
    }),
  );

  it(
    'leaves jobs alone that succeeded, were cancelled or are held',
    withKernel({ kinds }, async (test) => {
      await test.run({ kind: echo, input: 1 });
      const { job } = await test.enqueue({ kind: echo, notBefore: test.clock.now() + 1_000 });
      await test.perform({ kind: 'job.cancel', input: { job } });
      expect((await redrive(test)).jobs).toEqual([]);
    }),
  );

  it.each([
    { limit: 0 },
    { limit: 1_001 },
    { limit: '5' },
    { since: -1 },
    { since: 'today' },
    { kind: 5 },
    { origin: null },
  ])('refuses %j', async (input) => {
    await withKernel({ kinds }, async (test) => {
      expect(await codeOf(redrive(test, input))).toBe('InvalidInput');
    })();
  });
});
