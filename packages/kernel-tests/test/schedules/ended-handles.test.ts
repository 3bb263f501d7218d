import { setSchedule } from '@tksm/core';
import { codeOf, echo, scheduleOf, ticksOf, userJobs, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const HOUR = 3_600_000;
const kinds = [echo];
const hourly = setSchedule({ name: 's', job: { kind: echo, input: 1 }, everyMs: HOUR, misfire: 'all' });

/** A schedule of a handle that has ticked once, and is revoked then. */
async function revoked(test: TestKernel) {
  const { kernel } = test;
  const owner = await kernel.derive({ rights: ['schedule.*:**', 'job.submit:**'] }, kernel.operator);
  await kernel.perform(hourly, owner);
  await test.advance(HOUR);
  expect(await ticksOf(test, 's')).toHaveLength(1);
  await kernel.perform({ kind: 'capability.revoke', input: { handle: owner.id } }, kernel.operator);
  await test.runUntilIdle();
  return owner;
}

const holdsOf = async (test: TestKernel) =>
  (await test.events()).filter(({ event }) => event.type === 'schedule.held');
const statusOf = ({ kernel }: TestKernel) => kernel.read(({ schedules }) => schedules.get('s')?.status);

describe('a schedule whose handle has ended', () => {
  it(
    'stands still at once, says why once, and wakes nobody, over restarts, too',
    withKernel({ kinds }, async (test) => {
      const owner = await revoked(test);
      expect(await statusOf(test)).toBe('held');
      const { held } = await scheduleOf(test, 's');
      expect(held).toMatchObject({ code: 'CapabilityDenied', data: { handle: owner.id } });
      const before = (await test.events()).length;
      await test.advance(24 * HOUR);
      expect(await test.events()).toHaveLength(before);
      await test.restart();
      await test.advance(24 * HOUR);
      expect(await ticksOf(test, 's')).toHaveLength(1);
      expect(await holdsOf(test)).toHaveLength(1);
      expect(await userJobs(test)).toHaveLength(1);
    }),
  );

  it(
    'ticks again when a live handle sets it, as it was, and then by that handle; of what it missed nothing runs',
    withKernel({ kinds }, async (test) => {
      await revoked(test);
      await test.advance(3 * HOUR);
      const { kernel } = test;
      const heir = await kernel.derive({ rights: ['schedule.set:s', 'job.submit:echo'] }, kernel.operator);
      expect((await kernel.perform(hourly, heir)).output).toMatchObject({ changed: true });
      expect((await kernel.perform(hourly, heir)).output).toMatchObject({ changed: false });
      expect(await statusOf(test)).toBe('active');
      await test.advance(HOUR);
      const jobs = await userJobs(test);
      expect(jobs.map(({ by, status }) => [by, status]).slice(1)).toEqual([[heir.id, 'succeeded']]);
    }),
  );

  it(
    'runs nothing by a backfill, nor when it is resumed',
    withKernel({ kinds }, async (test) => {
      const start = test.clock.now();
      await revoked(test);
      const input = { name: 's', from: start, to: test.clock.now() };
      expect(await codeOf(test.perform({ kind: 'schedule.backfill', input }))).toBe('InvalidOperation');
      await test.perform({ kind: 'schedule.pause', input: { name: 's' } });
      await test.advance(2 * HOUR);
      await test.perform({ kind: 'schedule.resume', input: { name: 's' } });
      await test.advance(2 * HOUR);
      expect(await statusOf(test)).toBe('held');
      expect(await userJobs(test)).toHaveLength(1);
    }),
  );

  it(
    'is held though the process dies before that is told, and however many there are',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const owner = await kernel.derive({ rights: ['schedule.set:**', 'job.submit:**'] }, kernel.operator);
      const names = Array.from({ length: 1_200 }, (_, n) => `s${n}`);
      await Promise.all(
        names.map((name) => kernel.perform(setSchedule({ name, job: { kind: echo }, everyMs: HOUR }), owner)),
      );
      await kernel.perform({ kind: 'capability.revoke', input: { handle: owner.id } }, kernel.operator);
      await test.restart();
      await test.runUntilIdle();
      expect(await holdsOf(test)).toHaveLength(names.length);
      await test.advance(2 * HOUR);
      expect(await userJobs(test)).toHaveLength(0);
      expect(await holdsOf(test)).toHaveLength(names.length);
    }),
  );
});
