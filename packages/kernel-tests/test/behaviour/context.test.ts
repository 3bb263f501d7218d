import type { Command } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { echo, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const apart = defineKind<{ readonly child: Command }>({
  name: 'apart',
  run: async ({ child }, { step, submit, emit, sleep, progress }) => {
    progress({ done: 1 });
    const doubled = await step('double', () => 2 * 21);
    await sleep(10);
    emit('done', doubled);
    submit(child);
  },
});

const forgetful = defineKind({
  name: 'forgetful',
  run: async (_input, { vars }) => {
    vars.delete('colour');
    const revealed = await vars.get('colour');
    return [revealed?.value ?? null, revealed?.layer ?? null];
  },
});

describe('the context of a handler', () => {
  it(
    'works when it is taken apart, in a handler that returns nothing',
    withKernel({ kinds: [apart, echo] }, async (test) => {
      const { job } = await test.enqueue({ kind: apart, input: { child: { kind: 'echo', input: 1 } } });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: null });
      const child = await test.expectSubmitted({ kind: 'echo' });
      expect((await test.outcome(child.id)).status).toBe('succeeded');
    }),
  );

  it(
    'shows the layer below a variable that the attempt deleted',
    withKernel({ kinds: [forgetful] }, async (test) => {
      await test.perform({ kind: 'var.set', input: { name: 'colour', value: 'red', layer: 'files' } });
      await test.perform({ kind: 'var.set', input: { name: 'colour', value: 'blue' } });
      const { job } = await test.enqueue({ kind: forgetful });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: ['red', 'files'] });
    }),
  );

  it.each([{ id: 'mine' }, { dedupKey: 'mine' }])(
    'refuses a child with an id of its own: %j',
    async (own) => {
      await withKernel({ kinds: [apart, echo] }, async (test) => {
        const { job } = await test.enqueue({ kind: apart, input: { child: { kind: 'echo', ...own } } });
        expect(await test.outcome(job)).toMatchObject({ status: 'failed', error: { code: 'InvalidSpec' } });
      })();
    },
  );

  it(
    'refuses a job of a batch with an id of its own',
    withKernel({ kinds: [echo] }, async ({ kernel }) => {
      await expect(kernel.enqueueAll([{ kind: 'echo', id: 'mine' }], kernel.operator)).rejects.toMatchObject({
        code: 'InvalidSpec',
      });
    }),
  );
});
