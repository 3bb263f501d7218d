import { defineKind } from '@tksm/core';
import { testKernel } from '@tksm/testing';
import { expect, it } from 'vitest';

const remind = defineKind<{ to: string }, string>({
  name: 'remind',
  run: async ({ to }, context) => {
    await context.sleep(30_000);
    return `reminded ${to}`;
  },
});

it('reminds after half a minute, although the process crashed', async () => {
  const test = await testKernel({ kinds: [remind] });
  const { job } = await test.enqueue({ kind: remind, input: { to: 'Ada' } });
  await test.advance(20_000);
  await test.restart(); // a crash in the middle
  expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 'reminded Ada' });
  await test.expectSubmitted({ kind: remind, input: { to: 'Ada' } });
  await test.close(); // throws unless a replay of the log gives the same state
});
