import { sensitive } from '@tksm/abstractions';
import { defineKind, setSchedule } from '@tksm/core';
import { echo, scheduleOf, ticksOf, userJobs, withKernel } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const HOUR = 3_600_000;

it('loses and doubles no tick while the log fails under it', async () => {
  const act = fc.oneof(
    fc.constantFrom('lost' as const, 'written' as const, 'crash' as const),
    fc.nat({ max: 3 * HOUR }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 15 }), async (acts) => {
      const test = await testKernel({ kinds: [echo] });
      const start = test.clock.now();
      await test.perform(setSchedule({ name: 's', job: { kind: echo }, everyMs: HOUR, misfire: 'all' }));
      for (const one of acts) {
        if (typeof one === 'number') await test.advance(one);
        else if (one === 'crash') await test.restart();
        else test.log.failNext(one === 'lost' ? 'unknown-lost' : 'unknown-written');
      }
      // The next frames meet the faults that are left.
      await test.advance(acts.length * 600_000);
      await test.restart();
      await test.advance(HOUR);
      const { decided } = await scheduleOf(test, 's');
      const ticks = (await ticksOf(test, 's')).map(({ at }) => (at - start) / HOUR);
      expect(ticks).toEqual(Array.from({ length: (decided - start) / HOUR }, (_, n) => n + 1));
      expect(decided).toBe(test.clock.now() - ((test.clock.now() - start) % HOUR));
      expect(new Set((await userJobs(test)).map(({ id }) => id)).size).toBe(ticks.length);
      await test.close();
    }),
    { numRuns: 20 },
  );
});

it(
  'decides many that are due at once in several turns of the loop',
  withKernel({ kinds: [echo] }, async (test) => {
    const at = test.clock.now() + HOUR;
    const names = Array.from({ length: 2_500 }, (_, n) => `s${n}`);
    await Promise.all(names.map((name) => test.perform(setSchedule({ name, job: { kind: echo }, at }))));
    await test.advance(HOUR);
    const soon = (await userJobs(test)).length;
    expect(soon).toBeGreaterThan(0);
    expect(soon).toBeLessThan(2_500);
    await test.advance(10);
    const jobs = await userJobs(test);
    expect(jobs).toHaveLength(2_500);
    expect(jobs.every(({ spec, status }) => spec.tick?.at === at && status === 'succeeded')).toBe(true);
  }),
);

it('keeps what is somebody’s out of the log, and a job of what was erased fails', async () => {
  const greet = defineKind<{ readonly name: string; readonly note: string }, string>({
    name: 'greet',
    sensitive: { input: [{ at: '/name', subject: '/name' }] },
    run: ({ name, note }) => `${name} ${note}`,
  });
  const test = await testKernel({ kinds: [greet] });
  const input = { name: 'Ada Lovelace', note: sensitive('her secret', { subject: 'Ada Lovelace' }) };
  const set = setSchedule({ name: 's', job: { kind: greet, input }, everyMs: HOUR });
  await test.perform(set);
  expect((await test.perform(set)).output).toMatchObject({ changed: false });
  await test.advance(HOUR);
  const [first] = await userJobs(test);
  expect(first && (await test.outcome(first.id))).toMatchObject({ output: 'Ada Lovelace her secret' });
  await test.perform({ kind: 'subject.erase', input: { subject: 'Ada Lovelace' } });
  await test.advance(HOUR);
  const [, second] = await userJobs(test);
  expect(second?.outcome).toMatchObject({ status: 'failed', error: { code: 'SubjectErased' } });
  const log = JSON.stringify(await test.history());
  expect(log).not.toContain('Lovelace');
  expect(log).not.toContain('secret');
  const sealedName = setSchedule({
    name: 's',
    job: { kind: greet, name: sensitive('x', { subject: 'y' }) as never },
    everyMs: HOUR,
  });
  await expect(test.perform(sealedName)).rejects.toMatchObject({ code: 'InvalidSchedule' });
  await test.close();
});
