import type { JobId } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import {
  codeOf,
  echo,
  gate,
  nap,
  parent,
  polite,
  storyOf,
  stuck,
  userJobs,
  withKernel,
} from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const kinds = [echo, nap, parent, polite, stuck];
/** Stops when it is told to, the first time. */
const deafLater = defineKind({
  name: 'deaf-later',
  run: (_input, { job, signal }) =>
    new Promise<never>((_, reject) => {
      if (job.epoch > 1) return;
      signal.addEventListener('abort', () => {
        reject(new Error('stopped'));
      });
    }),
});
/** Waits for more children than one command cancels. */
const large = defineKind({
  name: 'large',
  childPolicy: 'await',
  run: (_input, context) => {
    for (let n = 0; n < 2_500; n++) context.submit({ kind: echo, notBefore: 9e12 });
    return null;
  },
});
const cancel = (test: TestKernel, job: JobId, reason?: string) =>
  test.perform({ kind: 'job.cancel', input: reason === undefined ? { job } : { job, reason } });

describe('cancelling', () => {
  it(
    'ends a queued job at once',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: echo, notBefore: test.clock.now() + 1_000 });
      await cancel(test, job, 'no longer wanted');
      const error = { code: 'Cancelled', message: 'no longer wanted' };
      expect(await test.outcome(job)).toEqual({ status: 'cancelled', error });
      expect(await codeOf(cancel(test, job))).toBe('InvalidOperation');
      expect(await codeOf(cancel(test, 'f'.repeat(32) as JobId))).toBe('JobNotFound');
    }),
  );

  it(
    'tells a running handler, and waits for it to end',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: polite });
      await test.runUntilIdle();
      await cancel(test, job);
      expect(await test.outcome(job)).toMatchObject({ status: 'cancelled', error: { code: 'Cancelled' } });
      expect(await storyOf(test, job)).toEqual(['submitted', 'leased', 'cancelling', 'cancelled']);
    }),
  );

  it(
    'takes the lease from a handler that does not listen, after a grace',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      const { job } = await test.enqueue({ kind: stuck });
      const next = await test.enqueue({ kind: echo });
      await test.runUntilIdle();
      await cancel(test, job);
      await test.advance(4_999);
      expect((await test.job(job)).status).toBe('running');
      await test.advance(1);
      expect((await test.job(job)).status).toBe('cancelled');
      expect((await test.job(next.job)).status).toBe('succeeded');
    }),
  );

  it(
    'gives a handler all its time to stop, whatever is left of that of an earlier attempt',
    withKernel({ kinds: [deafLater] }, async (test) => {
      const { job } = await test.enqueue({ kind: deafLater });
      await test.advance(1);
      await cancel(test, job);
      await test.advance(1_000);
      await test.perform({ kind: 'job.retry', input: { job } });
      await test.advance(1_000);
      await cancel(test, job);
      await test.advance(4_999);
      expect((await test.job(job)).status).toBe('running');
      await test.advance(1);
      expect((await test.job(job)).status).toBe('cancelled');
    }),
  );

  it(
    'before the handler has started stops it as soon as it does',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: polite });
      await cancel(test, job);
      expect((await test.outcome(job)).status).toBe('cancelled');
    }),
  );

  it(
    'of a job that waits for its children cancels them, too',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: parent, input: { kind: 'polite', inputs: [1, 2] } });
      await test.runUntilIdle();
      expect((await test.job(job)).status).toBe('waiting');
      await cancel(test, job);
      await test.runUntilIdle();
      expect((await userJobs(test)).map(({ status }) => status)).toEqual([
        'cancelled',
        'cancelled',
        'cancelled',
      ]);
    }),
  );

  it('drops what a cancelled attempt did, even when its handler ends well', async () => {
    const door = gate();
    const late = defineKind({
      name: 'late',
      childPolicy: 'await',
      run: async (_input, context) => {
        await door.opened;
        context.vars.set('late', true);
        return context.submit({ kind: echo });
      },
    });
    await withKernel({ kinds: [...kinds, late] }, async (test) => {
      const { job } = await test.enqueue({ kind: late });
      await test.runUntilIdle();
      await cancel(test, job);
      door.open();
      expect((await test.outcome(job)).status).toBe('cancelled');
      await test.expectNotSubmitted({ kind: echo });
      expect(await test.kernel.read((state) => state.vars.get('late'))).toBeUndefined();
    })();
  });

  it('refuses children of a step that comes after it', async () => {
    const door = gate();
    const codes: string[] = [];
    const late = defineKind({
      name: 'late-step',
      childPolicy: 'await',
      run: async (_input, context) => {
        await door.opened;
        codes.push(await codeOf(context.step('more', () => context.submit({ kind: echo }))));
        return undefined;
      },
    });
    await withKernel({ kinds: [...kinds, late] }, async (test) => {
      const { job } = await test.enqueue({ kind: late });
      await test.runUntilIdle();
      await cancel(test, job);
      door.open();
      expect((await test.outcome(job)).status).toBe('cancelled');
      expect(codes).toEqual(['Cancelled']);
      await test.expectNotSubmitted({ kind: echo });
    })();
  });

  it(
    'of a running job is final across a crash',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: stuck });
      await test.runUntilIdle();
      await cancel(test, job, 'stop');
      await test.restart();
      expect(await test.outcome(job)).toMatchObject({ status: 'cancelled', error: { message: 'stop' } });
    }),
  );

  it(
    'of a large family is asked for again until none is left, the job itself with the last',
    withKernel({ kinds: [...kinds, large] }, async (test) => {
      const { job } = await test.enqueue({ kind: large });
      await test.runUntilIdle();
      expect((await cancel(test, job)).output).toEqual({ job, cancelled: 2_000, left: 501 });
      expect((await test.job(job)).status).toBe('waiting');
      expect((await cancel(test, job)).output).toEqual({ job, cancelled: 501, left: 0 });
      expect((await test.job(job)).status).toBe('cancelled');
    }),
  );

  it(
    'refuses jobs of the kernel itself',
    withKernel({ kinds }, async (test) => {
      const run = await test.kernel.read((state) => [...state.jobs.list({ kind: 'kernel.run' })][0]?.id);
      expect(await codeOf(cancel(test, run ?? ('' as JobId)))).toBe('InvalidOperation');
    }),
  );
});
