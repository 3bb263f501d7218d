import { isKernelError } from '@tksm/abstractions';
import type { JobId, OnDependencyFailure } from '@tksm/abstractions';
import { broken, codeOf, echo, gate, nap, storyOf, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { defineKind } from '@tksm/core';
import { describe, expect, it } from 'vitest';

const kinds = [broken, echo, nap];

const waitingFor = (test: TestKernel, dependsOn: JobId[], onDependencyFailure?: OnDependencyFailure) =>
  test.enqueue({
    kind: echo,
    input: 'after',
    dependsOn,
    ...(onDependencyFailure && { onDependencyFailure }),
  });

describe('dependencies', () => {
  it(
    'run a job after all it depends on',
    withKernel({ kinds }, async (test) => {
      const slow = await test.enqueue({ kind: nap, input: { ms: 5_000 } });
      const slower = await test.enqueue({ kind: nap, input: { ms: 9_000 } });
      const last = await waitingFor(test, [slow.job, slower.job]);
      expect((await test.job(last.job)).status).toBe('blocked');
      const start = test.clock.now();
      expect(await test.outcome(last.job)).toEqual({ status: 'succeeded', output: 'after' });
      expect(test.clock.now() - start).toBe(9_000);
    }),
  );

  it(
    'cancel a job when one fails, and all that wait for it in turn',
    withKernel({ kinds }, async (test) => {
      const first = await test.enqueue({ kind: broken, notBefore: test.clock.now() + 1_000 });
      const second = await waitingFor(test, [first.job]);
      const third = await waitingFor(test, [second.job]);
      expect((await test.outcome(first.job)).status).toBe('failed');
      for (const { job } of [second, third]) {
        const outcome = await test.outcome(job);
        expect(outcome).toMatchObject({ status: 'cancelled', error: { code: 'DependencyFailed' } });
      }
    }),
  );

  it(
    'let a job run after a failure when it asked to',
    withKernel({ kinds }, async (test) => {
      const first = await test.enqueue({ kind: broken, notBefore: test.clock.now() + 1_000 });
      const second = await waitingFor(test, [first.job], 'run');
      expect(await test.outcome(second.job)).toEqual({ status: 'succeeded', output: 'after' });
    }),
  );

  it(
    'hold a job after a failure when it asked to, until it is retried',
    withKernel({ kinds }, async (test) => {
      const first = await test.enqueue({ kind: broken });
      const second = await waitingFor(test, [first.job], 'hold');
      await test.outcome(first.job);
      await test.runUntilIdle();
      expect(await test.job(second.job)).toMatchObject({
        status: 'held',
        held: { code: 'DependencyFailed' },
      });
      await test.restart();
      expect((await test.job(second.job)).status).toBe('held');
      await test.perform({ kind: 'job.retry', input: { job: second.job } });
      expect(await test.outcome(second.job)).toEqual({ status: 'succeeded', output: 'after' });
    }),
  );

  it.each(['cancel', 'run', 'hold'] as const)(
    'that ended before the submission count at once, under policy %s',
    async (policy) => {
      const ended = { cancel: 'cancelled', run: 'succeeded', hold: 'held' }[policy];
      await withKernel({ kinds }, async (test) => {
        const first = await test.enqueue({ kind: broken });
        await test.outcome(first.job);
        const second = await waitingFor(test, [first.job], policy);
        await test.runUntilIdle();
        expect((await test.job(second.job)).status).toBe(ended);
      })();
    },
  );

  it(
    'that are cancelled settle their dependents',
    withKernel({ kinds }, async (test) => {
      const first = await test.enqueue({ kind: nap, input: { ms: 60_000 } });
      const second = await waitingFor(test, [first.job]);
      await test.perform({ kind: 'job.cancel', input: { job: first.job } });
      expect(await test.outcome(second.job)).toMatchObject({
        status: 'cancelled',
        error: { code: 'DependencyFailed', data: { dependency: first.job, status: 'cancelled' } },
      });
    }),
  );

  it(
    'that do not exist are refused',
    withKernel({ kinds }, async (test) => {
      const unknown = 'f'.repeat(32) as JobId;
      expect(await codeOf(waitingFor(test, [unknown]))).toBe('DependencyUnknown');
      expect(await codeOf(test.enqueue({ kind: echo, dependsOn: [{ name: 'nobody' }] }))).toBe(
        'DependencyUnknown',
      );
      const { kernel } = test;
      const batch = [{ kind: echo, dependsOn: [{ name: 'nobody' }] }];
      expect(await codeOf(kernel.enqueueAll(batch, kernel.operator))).toBe('DependencyUnknown');
      await test.expectNotSubmitted({ kind: echo });
    }),
  );

  it('that a child names must exist, too', async () => {
    const parent = defineKind({
      name: 'parent-of-nobodys-dependent',
      run: (_input, context) => context.submit({ kind: echo, dependsOn: ['f'.repeat(32) as JobId] }),
    });
    const family = defineKind<unknown, JobId[]>({
      name: 'parent-of-two',
      run: (_input, context) => {
        const first = context.submit({ kind: echo, input: 1 });
        return [first, context.submit({ kind: echo, input: 2, dependsOn: [first] })];
      },
    });
    await withKernel({ kinds: [...kinds, parent, family] }, async (test) => {
      expect(await test.run({ kind: parent })).toMatchObject({
        status: 'failed',
        error: { code: 'DependencyUnknown' },
      });
      const ended = await test.run({ kind: family });
      const children = ended.status === 'succeeded' ? (ended.output as JobId[]) : [];
      expect(children).toHaveLength(2);
      for (const child of children) expect((await test.outcome(child)).status).toBe('succeeded');
    })();
  });

  it(
    'in a cycle are refused, and the cycle is named',
    withKernel({ kinds }, async ({ kernel }) => {
      const batch = [
        { kind: echo, name: 'a', dependsOn: [{ name: 'c' }] },
        { kind: echo, name: 'b', dependsOn: [{ name: 'a' }] },
        { kind: echo, name: 'c', dependsOn: [{ name: 'b' }] },
        { kind: echo, name: 'd' },
      ];
      const error: unknown = await kernel
        .enqueueAll(batch, kernel.operator)
        .catch((thrown: unknown) => thrown);
      expect(isKernelError(error, 'DependencyCycle') && error.data).toEqual({ cycle: ['a', 'c', 'b', 'a'] });
    }),
  );

  it(
    'on itself are a cycle',
    withKernel({ kinds }, async ({ kernel }) => {
      const batch = [{ kind: echo, name: 'a', dependsOn: [{ name: 'a' }] }];
      const error: unknown = await kernel
        .enqueueAll(batch, kernel.operator)
        .catch((thrown: unknown) => thrown);
      expect(isKernelError(error, 'DependencyCycle') && error.data).toEqual({ cycle: ['a', 'a'] });
    }),
  );

  it(
    'of a batch refuse two jobs of one name',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const batch = [
        { kind: echo, name: 'a' },
        { kind: echo, name: 'a' },
      ];
      expect(await codeOf(kernel.enqueueAll(batch, kernel.operator))).toBe('DuplicateId');
      await test.expectNotSubmitted({ kind: echo });
    }),
  );

  it(
    'of a batch may be named in any order, and their outputs put into inputs',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const batch = [
        {
          kind: echo,
          name: 'sum',
          input: {
            left: { $output: { job: 'left' } },
            id: { $job: 'right' },
            deep: { $output: { job: 'right', path: ['n'] } },
          },
          dependsOn: [{ name: 'left' }, { name: 'right' }],
        },
        { kind: echo, name: 'left', input: 1 },
        { kind: echo, name: 'right', input: { n: 2 } },
      ];
      const [sum, , right] = await kernel.enqueueAll(batch, kernel.operator, { id: 'batch' });
      expect(await test.outcome(sum?.job ?? ('' as JobId))).toEqual({
        status: 'succeeded',
        output: { left: 1, id: right?.job, deep: 2 },
      });
    }),
  );

  it(
    'on an output that is not there fail the attempt',
    withKernel({ kinds }, async (test) => {
      const first = await test.enqueue({ kind: echo, input: { a: 1 } });
      const none = { $output: { job: first.job, path: ['b'] } };
      const second = await test.enqueue({ kind: echo, input: none, dependsOn: [first.job] });
      expect(await test.outcome(second.job)).toMatchObject({
        status: 'failed',
        error: { code: 'InvalidInput' },
      });
      const third = await test.enqueue({ kind: echo, input: { $output: { job: first.job, path: 5 } } });
      expect(await test.outcome(third.job)).toMatchObject({
        status: 'failed',
        error: { code: 'InvalidInput' },
      });
    }),
  );

  describe('of a job that is put back', () => {
    it(
      'hold it back again when it was cancelled while it waited',
      withKernel({ kinds }, async (test) => {
        const first = await test.enqueue({ kind: nap, input: { ms: 10_000 } });
        const second = await waitingFor(test, [first.job]);
        await test.perform({ kind: 'job.cancel', input: { job: second.job } });
        await test.perform({ kind: 'job.retry', input: { job: second.job } });
        await test.runUntilIdle();
        expect((await test.job(second.job)).status).toBe('blocked');
        expect((await test.outcome(second.job)).status).toBe('succeeded');
        expect((await test.job(first.job)).status).toBe('succeeded');
      }),
    );

    it(
      'hold its open dependents back again',
      withKernel({ kinds, concurrency: 1 }, async (test) => {
        const first = await test.enqueue({ kind: broken, retry: { maxAttempts: 1 } });
        await test.outcome(first.job);
        const busy = await test.enqueue({ kind: nap, input: { ms: 10_000 } });
        const second = await waitingFor(test, [first.job], 'run');
        await test.perform({ kind: 'job.retry', input: { job: first.job } });
        await test.runUntilIdle();
        expect((await test.job(second.job)).status).toBe('blocked');
        await test.outcome(second.job);
        const story = (await test.events()).flatMap(({ event }) =>
          event.type === 'job.leased' ? [event.job] : [],
        );
        expect(story.filter((id) => id === first.job || id === second.job)).toEqual([
          first.job,
          first.job,
          second.job,
        ]);
        await test.outcome(busy.job);
      }),
    );

    it(
      'hold it back no more when one fails after an operator waived them',
      withKernel({ kinds }, async (test) => {
        const fails = await test.enqueue({ kind: broken });
        const failsLater = await test.enqueue({ kind: broken, notBefore: test.clock.now() + 10_000 });
        const held = await waitingFor(test, [fails.job, failsLater.job], 'hold');
        await test.outcome(fails.job);
        await test.perform({ kind: 'job.retry', input: { job: held.job } });
        await test.runUntilIdle();
        expect((await test.job(held.job)).status).toBe('blocked');
        expect(await test.outcome(held.job)).toEqual({ status: 'succeeded', output: 'after' });
      }),
    );
  });

  it('survive a crash between a dependency and its dependent', async () => {
    const door = gate();
    const guarded = defineKind({ name: 'guarded', run: () => door.opened });
    await withKernel({ kinds: [...kinds, guarded] }, async (test) => {
      const first = await test.enqueue({ kind: guarded });
      const second = await waitingFor(test, [first.job]);
      await test.runUntilIdle();
      await test.restart();
      door.open();
      expect(await test.outcome(second.job)).toEqual({ status: 'succeeded', output: 'after' });
      const story = ['submitted', 'leased', 'interrupted', 'leased', 'succeeded'];
      expect(await storyOf(test, first.job)).toEqual(story);
    })();
  });
});
