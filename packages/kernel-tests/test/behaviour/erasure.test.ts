import { sensitive } from '@tksm/abstractions';
import type { Value } from '@tksm/abstractions';
import { codeOf, echo, withKernel } from '@tksm/kernel-tests';
import { defineKind, defineOperation } from '@tksm/core';
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

/** Passes what it was shown on in every way there is. */
const everywhere = defineKind<string, Value>({
  name: 'everywhere',
  run: async (email, context) => {
    context.emit('met', { email });
    context.vars.set('at', sensitive(email, { subject: ADA }));
    const own = await context.vars.get('at');
    const stepped = await context.step('look', () => sensitive(email, { subject: ADA }));
    context.submit({ kind: echo, input: { email, more: `to ${email}` } });
    const kept = await context.vars.get('at');
    return [own?.value ?? null, kept?.value ?? null, stepped === email ? stepped : null];
  },
});

/** Decides over what is sealed. */
const greet = defineOperation<{ readonly name: Value }, Value>({
  name: 'greet',
  decide: ({ name }) => ({ output: { hello: name }, fact: { name: 'greeted', data: { name } as never } }),
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

  it(
    'may stand in steps, facts, variables, children and inputs of operations',
    withKernel({ kinds: [everywhere, echo, greet] }, async (test) => {
      const hidden = (value: Value): Value => sensitive(value, { subject: ADA });
      const { job } = await test.enqueue({ kind: everywhere, input: hidden(EMAIL) });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: [EMAIL, EMAIL, EMAIL] });
      expect((await test.perform({ kind: 'var.get', input: { name: 'at' } })).output).toMatchObject({
        value: EMAIL,
      });
      await test.perform({
        kind: 'var.set',
        input: { name: 'by-hand', value: hidden(EMAIL) },
        id: 'by-hand',
      });
      const { output } = await test.perform({ kind: greet, input: { name: hidden(ADA) } });
      expect(output).toEqual({ hello: ADA });
      await test.runUntilIdle();
      await expectHidden(test);
      await erase(test);
      const again = { kind: 'var.set', input: { name: 'by-hand', value: hidden(EMAIL) }, id: 'by-hand' };
      expect(await codeOf(test.perform(again))).toBe('resolved');
      expect(JSON.stringify(await test.perform({ kind: 'var.get', input: { name: 'by-hand' } }))).toContain(
        '$sealed',
      );
      await test.verifyReplay();
    }),
  );

  it(
    'are open again for the attempt that repeats their step, and fail it once they are erased',
    withKernel({ kinds: [] }, async (test) => {
      const found: Value[] = [];
      const stepper = defineKind<null, Value>({
        name: 'stepper',
        retry: { maxAttempts: 9, initialDelayMs: 1_000, factor: 1, jitter: 0 },
        run: async (_input, context) => {
          found.push(await context.step('ask', () => sensitive(EMAIL, { subject: ADA })));
          throw new Error(`no answer from ${EMAIL}`);
        },
      });
      await test.restart({ kinds: [stepper] });
      const { job } = await test.enqueue({ kind: stepper });
      await test.advance(1_500);
      expect(found).toEqual([EMAIL, EMAIL]);
      await expectHidden(test);
      await erase(test);
      expect(await test.outcome(job)).toMatchObject({ status: 'failed', error: { code: 'SubjectErased' } });
      expect(found).toHaveLength(2);
    }),
  );

  it(
    'are masked in what a failure says',
    withKernel({ kinds: [order] }, async (test) => {
      const failing = defineKind<Order>({
        ...order,
        name: 'failing',
        retry: { maxAttempts: 1 },
        run: ({ customer }) => {
          throw new Error(`no mailbox ${customer.email}`);
        },
      });
      await test.restart({ kinds: [failing] });
      expect(await test.run({ kind: failing, input })).toMatchObject({
        error: { message: 'no mailbox ***' },
      });
      await expectHidden(test);
    }),
  );

  it(
    'are refused without a subject, of two subjects at once, and where nobody would seal them',
    withKernel({ kinds: [order, echo] }, async (test) => {
      const nameless = { customer: { id: '', email: EMAIL } };
      expect(await codeOf(test.enqueue({ kind: order, input: nameless }))).toBe('InvalidInput');
      const inner = sensitive(EMAIL, { subject: 'bob' });
      const nested = sensitive({ inner }, { subject: ADA });
      expect(await codeOf(test.enqueue({ kind: echo, input: nested }))).toBe('InvalidValue');
      const forged = { $sealed: { v: 1, subject: 'x', commitment: 'y' } };
      expect(await codeOf(test.enqueue({ kind: echo, input: forged }))).toBe('InvalidValue');
      await expectHidden(test);
    }),
  );
});

describe('an erasure', () => {
  it(
    'is recorded once under its command id, and leaves others alone',
    withKernel({ kinds: [order] }, async (test) => {
      const bob: Order = { customer: { id: 'bob', email: 'bob@example.org' } };
      await test.run({ kind: order, input });
      const { job } = await test.enqueue({ kind: order, input: bob });
      const first = await erase(test, ADA, 'erase-1');
      // Ada comes back: what is kept from now on stays when the command is repeated.
      const { job: back } = await test.enqueue({ kind: order, input });
      expect(await erase(test, ADA, 'erase-1')).toEqual(first);
      expect(await test.outcome(back)).toMatchObject({ output: { sentTo: EMAIL } });
      expect(await test.outcome(job)).toMatchObject({ output: { sentTo: 'bob@example.org' } });
      expect(await codeOf(erase(test, 'nobody'))).toBe('SubjectUnknown');
    }),
  );

  it(
    'that a crash cut off is ended and recorded by the next start',
    withKernel({ kinds: [order] }, async (test) => {
      const { job } = await test.enqueue({ kind: order, input });
      await test.outcome(job);
      test.log.hold();
      const asked = erase(test).catch(() => undefined);
      await test.runUntilIdle();
      await test.restart();
      await asked;
      const facts = (await test.events()).map(({ event }) =>
        'fact' in event ? event.fact.name : event.type,
      );
      expect(facts.filter((name) => name === 'subject.erased')).toHaveLength(1);
      expect(JSON.stringify(await test.outcome(job))).toContain('$sealed');
      expect(await codeOf(test.enqueue({ kind: order, input }))).toBe('resolved');
    }),
  );
});
