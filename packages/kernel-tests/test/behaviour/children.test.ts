import type { JobId, Value } from '@tksm/abstractions';
import { defineKind, explainEvent, replayState } from '@tksm/core';
import { broken, echo, flaky, gate, nap, parent, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const kinds = [broken, echo, flaky, nap, parent];

describe('a job that awaits its children', () => {
  it(
    'succeeds when they have, with its own output',
    withKernel({ kinds }, async (test) => {
      const start = test.clock.now();
      const { job } = await test.enqueue({
        kind: parent,
        input: { kind: 'nap', inputs: [{ ms: 5_000 }, { ms: 9_000 }] },
      });
      await test.runUntilIdle();
      expect((await test.job(job)).status).toBe('waiting');
      const outcome = await test.outcome(job);
      expect(test.clock.now() - start).toBe(9_000);
      const children = outcome.status === 'succeeded' ? (outcome.output as JobId[]) : [];
      for (const child of children) expect((await test.job(child)).status).toBe('succeeded');
      expect(children).toHaveLength(2);
    }),
  );

  it(
    'fails when one of them does',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: parent, input: { kind: 'broken', inputs: [1, 2] } });
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'ChildFailed', data: { count: 2 } },
      });
    }),
  );

  it(
    'takes its children back when an operator retries both',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: parent, input: { kind: 'flaky', inputs: [{ times: 3 }] } });
      expect((await test.outcome(job)).status).toBe('failed');
      const fixed = defineKind({ name: 'flaky', run: () => 'fixed' });
      await test.restart({ kinds: [parent, fixed] });
      const child = await test.expectSubmitted({ kind: 'flaky' });
      await test.perform({ kind: 'job.retry', input: { job: child.id } });
      await test.outcome(child.id);
      await test.perform({ kind: 'job.retry', input: { job } });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: [child.id] });
      expect(await test.kernel.read((state) => [...state.jobs.list({ parent: job })].length)).toBe(1);
    }),
  );

  it(
    'still waits after a crash',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: parent, input: { kind: 'nap', inputs: [{ ms: 5_000 }] } });
      await test.advance(1_000);
      await test.restart();
      expect((await test.job(job)).status).toBe('waiting');
      expect((await test.outcome(job)).status).toBe('succeeded');
    }),
  );

  it(
    'settles at once when it has none',
    withKernel({ kinds }, async (test) => {
      expect(await test.run({ kind: parent, input: { kind: 'nap', inputs: [] } })).toEqual({
        status: 'succeeded',
        output: [],
      });
    }),
  );
});

describe('a job that does not', () => {
  it(
    'settles before them',
    withKernel({ kinds }, async (test) => {
      const command = {
        kind: parent,
        input: { kind: 'broken', inputs: [1] },
        childPolicy: 'detach' as const,
      };
      expect((await test.run(command)).status).toBe('succeeded');
    }),
  );
});

describe('children', () => {
  it('have the same ids in every attempt, wherever in the handler they are submitted', async () => {
    const attempts: JobId[][] = [];
    const door = gate();
    const tree = defineKind<Value, number>({
      name: 'tree',
      childPolicy: 'await',
      run: async (_input, context) => {
        const ids: JobId[] = [];
        attempts.push(ids);
        const submit = (input: string): JobId => {
          const id = context.submit({ kind: echo, input });
          ids.push(id);
          return id;
        };
        submit('before');
        await context.step('first', () => submit('inside'));
        submit('between');
        submit('between, too');
        await context.step('second', () => null);
        submit('after');
        if (attempts.length === 1) await door.opened;
        return ids.length;
      },
    });
    await withKernel({ kinds: [tree, echo] }, async (test) => {
      const { job } = await test.enqueue({ kind: tree, correlation: 'request-1' });
      await test.runUntilIdle();
      await test.restart();
      await test.outcome(job);
      const [first = [], second = []] = attempts;
      expect(new Set(first).size).toBe(5);
      expect(second).toEqual(first.filter((_, index) => index !== 1));
      const children = await test.kernel.read((state) => [...state.jobs.list({ parent: job })]);
      expect(children.map(({ spec }) => spec.input)).toEqual([
        'before',
        'inside',
        'between',
        'between, too',
        'after',
      ]);
      expect(children.every(({ spec }) => spec.correlation === 'request-1')).toBe(true);
    })();
  });

  it('can be read by their parent once they are durable', async () => {
    const reader = defineKind<Value, Value>({
      name: 'reader',
      run: async (_input, context) => {
        const id = await context.step('submit', () => context.submit({ kind: echo, input: 'x' }));
        const inputs: Value[] = [];
        for await (const child of context.jobs.children(context.job.id)) inputs.push(child.spec.kind);
        return [(await context.jobs.get(id as JobId))?.id === id, ...inputs];
      },
    });
    await withKernel({ kinds: [reader, echo] }, async (test) => {
      expect(await test.run({ kind: reader })).toEqual({ status: 'succeeded', output: [true, 'echo'] });
    })();
  });

  it('are sent messages in the step that submits them, by a right or a caveat on their kind', async () => {
    const tells = defineKind({
      name: 'tells',
      retry: { maxAttempts: 1 },
      run: (_input, { submit, inbox }) => {
        inbox.send(submit({ kind: echo }), 'go');
        return null;
      },
    });
    await withKernel({ kinds: [echo, tells] }, async (test) => {
      const { kernel, log } = test;
      for (const grant of [
        { rights: ['job.submit:*', 'inbox.send:echo/*'] },
        { rights: ['*:**'], caveats: { kinds: ['tells', 'echo'] } },
      ]) {
        const { job } = await kernel.enqueue({ kind: tells }, await kernel.derive(grant, kernel.operator));
        expect(await test.outcome(job)).toMatchObject({ status: 'succeeded' });
        const sent = (await test.events()).findLast(({ event }) => event.type === 'message.sent');
        if (sent?.event.type !== 'message.sent') throw new Error('no message was sent');
        const { needed } = explainEvent(sent.event, await replayState(log, sent.position));
        expect(needed).toEqual([`inbox.send:echo/${sent.event.job}`]);
      }
      const handle = await kernel.derive({ rights: ['job.submit:*', 'inbox.send:tells/*'] }, kernel.operator);
      const { job } = await kernel.enqueue({ kind: tells }, handle);
      expect(await test.outcome(job)).toMatchObject({ error: { code: 'CapabilityDenied' } });
    })();
  });
});
