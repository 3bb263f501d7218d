import { sensitive } from '@tksm/abstractions';
import type { Value } from '@tksm/abstractions';
import { codeOf, echo, withKernel } from '@tksm/kernel-tests';
import { defineKind } from '@tksm/core';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

interface Order {
  readonly customer: { readonly id: string; readonly email: string };
  readonly lines?: readonly { readonly note: string }[];
}

/** Sees its input, and gives part of it back. */
const seen: unknown[] = [];
const order = defineKind<Order, Value>({
  name: 'order',
  sensitive: {
    input: [
      { at: '/customer/email', subject: '/customer/id' },
      { at: '/lines/*/note', subject: '/customer/id' },
    ],
    output: [{ at: '/sentTo', subject: { input: '/customer/id' } }],
  },
  run: (input) => {
    seen.push(input);
    return { sentTo: input.customer.email, lines: input.lines?.length ?? 0 };
  },
});

const ADA = 'customer-ada-17';
const EMAIL = 'ada@example.org';
const input: Order = { customer: { id: ADA, email: EMAIL }, lines: [{ note: 'ring the second bell' }] };
const HIDDEN = [ADA, EMAIL, 'second bell'];

/** Everything that the log says, as text. */
async function logText(test: TestKernel): Promise<string> {
  return JSON.stringify(await test.events());
}

async function expectHidden(test: TestKernel): Promise<void> {
  const text = await logText(test);
  for (const word of HIDDEN) expect(text).not.toContain(word);
}

const erase = (test: TestKernel, subject = ADA, id?: string) =>
  test.perform({ kind: 'subject.erase', input: { subject }, ...(id !== undefined && { id }) });

describe('sensitive values', () => {
  it(
    'are sealed in the log, and open for the handler and for who waits',
    withKernel({ kinds: [order] }, async (test) => {
      seen.length = 0;
      expect(await test.run({ kind: order, input })).toEqual({
        status: 'succeeded',
        output: { sentTo: EMAIL, lines: 1 },
      });
      expect(seen).toEqual([input]);
      await expectHidden(test);
    }),
  );

  it(
    'are gone with their subject, and the job that needs them fails for good',
    withKernel({ kinds: [order] }, async (test) => {
      const { job: done } = await test.enqueue({ kind: order, input });
      await test.outcome(done);
      const { job: later } = await test.enqueue({
        kind: order,
        input,
        notBefore: test.clock.now() + 60_000,
        retry: { maxAttempts: 5 },
      });
      await erase(test);
      expect(await test.outcome(later)).toMatchObject({ status: 'failed', error: { code: 'SubjectErased' } });
      expect((await test.job(later)).attempts).toBe(1);
      const outcome = await test.outcome(done);
      expect(JSON.stringify(outcome)).toContain('$sealed');
      await expectHidden(test);
      await test.verifyReplay();
    }),
  );

  it(
    'are known again under their command id, before and after an erasure',
    withKernel({ kinds: [order] }, async (test) => {
      const first = await test.enqueue({ kind: order, input, id: 'order-1' });
      const other: Order = { customer: { id: ADA, email: 'eve@example.org' } };
      expect(await test.enqueue({ kind: order, input, id: 'order-1' })).toMatchObject({
        job: first.job,
        existing: true,
      });
      expect(await codeOf(test.enqueue({ kind: order, input: other, id: 'order-1' }))).toBe(
        'CommandMismatch',
      );
      await test.outcome(first.job);
      await erase(test);
      await test.restart();
      expect(await test.enqueue({ kind: order, input, id: 'order-1' })).toMatchObject({
        job: first.job,
        existing: true,
      });
    }),
  );

  it(
    'are known again in a batch',
    withKernel({ kinds: [order, echo] }, async (test) => {
      const { kernel } = test;
      const batch = [
        { kind: order, input, name: 'a' },
        { kind: echo, input: { of: { $job: 'a' }, who: sensitive('Ada', { subject: ADA }) } },
      ];
      const first = await kernel.enqueueAll(batch, kernel.operator, { id: 'batch' });
      const again = await kernel.enqueueAll(batch, kernel.operator, { id: 'batch' });
      expect(again).toEqual(first.map((receipt) => ({ ...receipt, existing: true })));
      await expectHidden(test);
    }),
  );

  it(
    'travel from job to job by their references',
    withKernel({ kinds: [order, echo] }, async (test) => {
      const { job } = await test.enqueue({ kind: order, input });
      await test.outcome(job);
      const { job: next } = await test.enqueue({
        kind: echo,
        input: { to: { $output: { job, path: ['sentTo'] } } },
      });
      expect(await test.outcome(next)).toMatchObject({ output: { to: EMAIL } });
      // The kind declares nothing: what it was shown is sealed again when it gives it back.
      await expectHidden(test);
    }),
  );
});
