import { sensitive } from '@tksm/abstractions';
import type { JobId, TaskContext, Value } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, echo, gate, nap, parent, storyOf, TINY_RETENTION, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const HOUR = 3_600_000;

const task = (name: string, run: (context: TaskContext) => Promise<Value | undefined>) =>
  defineKind({
    name,
    retry: { maxAttempts: 3, initialDelayMs: 1_000 },
    run: (_input, context) => run(context),
  });

const reader = defineKind<{ readonly count: number }, Value>({
  name: 'reader',
  run: async ({ count }, context) => {
    const bodies: Value[] = [];
    while (bodies.length < count) bodies.push((await context.inbox.receive()).body);
    return bodies;
  },
});

const approval = task('approval', async (context) => {
  const answer = await context.waitFor({ topic: 'answer' }, { timeoutMs: HOUR });
  return answer === undefined ? 'nobody answered' : answer.body;
});

const send = (test: TestKernel, job: JobId, body: Value, rest: Record<string, string> = {}, id?: string) =>
  test.perform({ kind: 'inbox.send', input: { job, body, ...rest }, ...(id !== undefined && { id }) });

const unread = async (test: TestKernel, job: JobId): Promise<unknown> =>
  (await test.perform({ kind: 'inbox.ls', input: { job } })).output;

describe('a message', () => {
  it('wakes the job that waits for it, and is read once', async () => {
    await withKernel({ kinds: [approval] }, async (test) => {
      const { job } = await test.enqueue({ kind: approval });
      await test.runUntilIdle();
      expect(await test.job(job)).toMatchObject({ status: 'waiting', waitingFor: 'message' });
      await send(test, job, 'noise', { topic: 'other' });
      await test.runUntilIdle();
      expect((await test.job(job)).status).toBe('waiting');
      const { output } = await send(test, job, { yes: true }, { topic: 'answer', from: 'ada' });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: { yes: true } });
      expect(await storyOf(test, job)).toEqual([
        ...['submitted', 'leased', 'suspended', 'message.sent', 'message.sent'],
        ...['leased', 'stepped', 'succeeded'],
      ]);
      const { position } = output as { position: number };
      const [step] = (await test.job(job)).steps ?? [];
      expect(step).toMatchObject({ name: 'waitFor#1', output: { position, from: 'ada', topic: 'answer' } });
      // What it did not read is still to be seen.
      expect(await unread(test, job)).toMatchObject({ messages: [{ from: 'operator', body: 'noise' }] });
    })();
  });

  it('is there although its job was not running, blocked, delayed or asleep when it came', async () => {
    await withKernel({ kinds: [reader, nap, approval], concurrency: 1 }, async (test) => {
      const busy = await test.enqueue({ kind: nap, input: { ms: 1_000 } });
      const input = { count: 2 };
      const queued = await test.enqueue({ kind: reader, input });
      const blocked = await test.enqueue({ kind: reader, input, dependsOn: [busy.job] });
      const delayed = await test.enqueue({ kind: reader, input, notBefore: test.clock.now() + HOUR });
      const jobs = [queued.job, blocked.job, delayed.job];
      for (const job of jobs) await send(test, job, 1);
      await test.restart();
      for (const job of jobs) await send(test, job, 2);
      for (const job of jobs) expect(await test.outcome(job)).toMatchObject({ output: [1, 2] });
    })();
  });

  it('that nobody sends leaves the one who waits with nothing, in time', async () => {
    await withKernel({ kinds: [approval] }, async (test) => {
      const start = test.clock.now();
      expect(await test.run({ kind: approval })).toEqual({ status: 'succeeded', output: 'nobody answered' });
      expect(test.clock.now() - start).toBe(HOUR);
    })();
  });

  it('sent again under its command id is the same message', async () => {
    await withKernel({ kinds: [reader] }, async (test) => {
      const { job } = await test.enqueue({ kind: reader, input: { count: 2 } });
      const first = await send(test, job, 'once', {}, 'm1');
      await test.restart();
      expect(await send(test, job, 'once', {}, 'm1')).toEqual(first);
      expect(await codeOf(send(test, job, 'other', {}, 'm1'))).toBe('CommandMismatch');
      await send(test, job, 'twice', {}, 'm2');
      expect(await test.outcome(job)).toMatchObject({ output: ['once', 'twice'] });
      expect(await send(test, job, 'once', {}, 'm1')).toEqual(first);
    })();
  });

  it.each([
    ['to a job that succeeded', 'InboxClosed'],
    ['to a job that waits for its children', 'InboxClosed'],
    ['to a job that retired', 'InboxClosed'],
    ['to nobody', 'JobNotFound'],
    ['to no id', 'InvalidInput'],
    ['of nothing', 'InvalidInput'],
    ['under the name of a job', 'InvalidInput'],
    ['under an endless topic', 'InvalidInput'],
    ['of too much', 'PayloadTooLarge'],
    ['to the kernel itself', 'InvalidOperation'],
  ])('%s is refused: %s', async (what, code) => {
    await withKernel({ kinds: [echo, nap, parent], retention: TINY_RETENTION }, async (test) => {
      const done = await test.enqueue({ kind: echo, input: 1 });
      await test.outcome(done.job);
      const { job: open } = await test.enqueue({ kind: nap, input: { ms: HOUR } });
      const inputs = [{ ms: HOUR }];
      const { job: returned } = await test.enqueue({ kind: parent, input: { kind: 'nap', inputs } });
      await test.runUntilIdle();
      if (what.includes('retired')) {
        for (let n = 0; n < 6; n++) await test.run({ kind: echo, input: n });
        expect((await test.job(done.job)).retired).toBe(true);
      }
      const [own] = await test.kernel.read((state) =>
        [...state.jobs.list()].filter(({ spec }) => spec.kind.startsWith('kernel')),
      );
      const to: Record<string, unknown> = {
        'to a job that succeeded': { job: done.job, body: 1 },
        'to a job that waits for its children': { job: returned, body: 1 },
        'to a job that retired': { job: done.job, body: 1 },
        'to nobody': { job: '0'.repeat(32), body: 1 },
        'to no id': { job: 'x', body: 1 },
        'of nothing': { job: open },
        'under the name of a job': { job: open, body: 1, from: done.job },
        'under an endless topic': { job: open, body: 1, topic: 'x'.repeat(129) },
        'of too much': { job: open, body: 'x'.repeat(70_000) },
        'to the kernel itself': { job: own?.id ?? '', body: 1 },
      };
      expect(await codeOf(test.perform({ kind: 'inbox.send', input: to[what] }))).toBe(code);
    })();
  });

  it('that finds the inbox full is refused until the job has read some', async () => {
    const door = gate();
    const slow = task('slow', async (context) => {
      await door.opened;
      const bodies: Value[] = [];
      for (let n = 0; n < 4; n++) bodies.push((await context.inbox.receive()).body);
      return bodies;
    });
    await withKernel({ kinds: [slow] }, async (test) => {
      const limits = { messages: 2, bytes: 10 };
      await test.perform({ kind: 'var.set', input: { name: 'tksm.inbox.limits', value: limits } });
      const { job } = await test.enqueue({ kind: slow });
      expect(await codeOf(send(test, job, 'much too long'))).toBe('InboxFull');
      await send(test, job, 1);
      await send(test, job, 2);
      expect(await codeOf(send(test, job, 3))).toBe('InboxFull');
      door.open();
      await test.runUntilIdle();
      await send(test, job, 3);
      await send(test, job, 4);
      expect(await test.outcome(job)).toMatchObject({ output: [1, 2, 3, 4] });
    })();
  });

  it('has its sensitive parts sealed in the log, and open for who reads it', async () => {
    await withKernel({ kinds: [reader] }, async (test) => {
      const { job } = await test.enqueue({ kind: reader, input: { count: 1 } });
      await test.kernel.drain();
      const body = { name: sensitive('Ada Lovelace', { subject: 'ada' }), size: 1 };
      await test.perform({ kind: 'inbox.send', input: { job, body } });
      expect(JSON.stringify(await unread(test, job))).toContain('Ada Lovelace');
      await test.restart();
      expect(await test.outcome(job)).toMatchObject({ output: [{ name: 'Ada Lovelace', size: 1 }] });
      expect(JSON.stringify(await test.history())).not.toContain('Lovelace');
    })();
  });
});

describe('what a job has not read', () => {
  it('stays when it ends, retires with it, and is there when it is put back', async () => {
    const impatient = defineKind<Value, Value>({
      name: 'impatient',
      retry: { maxAttempts: 1 },
      run: async (input, context) => {
        if ((await context.vars.get('patience')) === undefined) throw new Error('no patience');
        return (await context.inbox.receive()).body;
      },
    });
    await withKernel({ kinds: [impatient, echo], retention: TINY_RETENTION }, async (test) => {
      const { job } = await test.enqueue({ kind: impatient, notBefore: test.clock.now() + 1_000 });
      await send(test, job, 'keep me', { from: 'ada' });
      expect((await test.outcome(job)).status).toBe('failed');
      for (let n = 0; n < 6; n++) await test.run({ kind: echo, input: n });
      expect(await test.job(job)).toMatchObject({ retired: true, inbox: [{ body: 'keep me' }] });
      expect(await unread(test, job)).toMatchObject({ messages: [{ from: 'ada', body: 'keep me' }] });
      await test.perform({ kind: 'var.set', input: { name: 'patience', value: 1 } });
      await test.perform({ kind: 'job.retry', input: { job } });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 'keep me' });
    })();
  });

  it('can be looked at without waiting', async () => {
    const peeking = task('peeking', async (context) => {
      const nothing = await context.inbox.tryReceive();
      await context.sleep(1_000);
      const something = await context.inbox.tryReceive({ from: 'ada' });
      return [nothing?.body ?? null, something?.body ?? null];
    });
    await withKernel({ kinds: [peeking] }, async (test) => {
      const { job } = await test.enqueue({ kind: peeking });
      await test.runUntilIdle();
      await send(test, job, 1, { from: 'bob' });
      await send(test, job, 2, { from: 'ada' });
      expect(await test.outcome(job)).toMatchObject({ output: [null, 2] });
    })();
  });
});

describe('a message from a handler', () => {
  it('is sent with the step or result, once, under the id of its job', async () => {
    const sender = defineKind<{ readonly to: JobId }, null>({
      name: 'sender',
      retry: { maxAttempts: 3, initialDelayMs: 1_000 },
      run: async ({ to }, context) => {
        context.inbox.send(to, 'before', { topic: 't' });
        await context.step('a', () => {
          context.inbox.send(to, 'inside');
          return null;
        });
        context.inbox.send(to, 'between');
        await context.sleep(1_000);
        context.inbox.send(to, `after, in attempt ${context.attempt}`);
        if (context.attempt === 1) throw new Error('once');
        return null;
      },
    });
    await withKernel({ kinds: [sender, reader] }, async (test) => {
      const { job } = await test.enqueue({ kind: reader, input: { count: 4 } });
      const from = await test.enqueue({ kind: sender, input: { to: job } });
      expect(await test.outcome(job)).toMatchObject({
        output: ['before', 'inside', 'between', 'after, in attempt 2'],
      });
      const senders = (await test.events()).flatMap(({ event }) =>
        event.type === 'message.sent' ? [event.from] : [],
      );
      expect(senders).toEqual(Array.from({ length: 4 }, () => from.job));
    })();
  });

  it('may go to a child that is submitted with it', async () => {
    const asking = task('asking', async (context) => {
      const child = context.submit({ kind: reader, input: { count: 1 } });
      context.inbox.send(child, 'hello');
      return await Promise.resolve(child);
    });
    await withKernel({ kinds: [asking, reader] }, async (test) => {
      const { job } = await test.enqueue({ kind: asking });
      const outcome = await test.outcome(job);
      if (outcome.status !== 'succeeded') throw new Error('it failed');
      expect(await test.outcome(outcome.output as JobId)).toMatchObject({ output: ['hello'] });
    })();
  });

  it('to a job that has ended is told at once, and can be caught inside a step', async () => {
    const codes: string[] = [];
    const late = defineKind<{ readonly to: JobId }, string>({
      name: 'late',
      run: async ({ to }, context) =>
        await context.step('notify', () => {
          try {
            context.inbox.send(to, 'too late');
            return 'sent';
          } catch (error) {
            codes.push((error as { code: string }).code);
            return 'gone';
          }
        }),
    });
    await withKernel({ kinds: [late, echo] }, async (test) => {
      const { job } = await test.enqueue({ kind: echo, input: 1 });
      await test.outcome(job);
      expect(await test.run({ kind: late, input: { to: job } })).toMatchObject({ output: 'gone' });
      expect(await test.run({ kind: late, input: { to: '0'.repeat(32) as JobId } })).toMatchObject({
        output: 'gone',
      });
      expect(codes).toEqual(['InboxClosed', 'JobNotFound']);
    })();
  });

  it('that finds an inbox full or closed when it is committed fails the attempt, which is tried again', async () => {
    const door = gate();
    const sender = defineKind<{ readonly to: JobId }, string>({
      name: 'sender',
      retry: { maxAttempts: 3, initialDelayMs: 1_000 },
      run: async ({ to }, context) => {
        context.inbox.send(to, 'x');
        await door.opened;
        return 'sent';
      },
    });
    await withKernel({ kinds: [sender, reader] }, async (test) => {
      await test.perform({ kind: 'var.set', input: { name: 'tksm.inbox.limits', value: { messages: 1 } } });
      const { job } = await test.enqueue({
        kind: reader,
        input: { count: 2 },
        notBefore: test.clock.now() + 500,
      });
      await send(test, job, 'first');
      const { job: from } = await test.enqueue({ kind: sender, input: { to: job } });
      await test.runUntilIdle();
      door.open();
      await test.runUntilIdle();
      expect(await test.job(from)).toMatchObject({ status: 'delayed', lastError: { code: 'InboxFull' } });
      expect(await test.outcome(job)).toMatchObject({ output: ['first', 'x'] });
      expect(await test.outcome(from)).toMatchObject({ status: 'succeeded' });
    })();
  });
});
