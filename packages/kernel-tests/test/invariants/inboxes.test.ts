import { isKernelError } from '@tksm/abstractions';
import type { JobId, Message, TaskContext, Value } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import type { AppendFault } from '@tksm/drivers-memory';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const SENDERS = ['ada', 'bob'] as const;
const TOPICS = ['x', 'y'] as const;
const READERS = 2;

type Act =
  | { readonly act: 'send'; readonly to: number; readonly from: string; readonly topic: string }
  | { readonly act: 'advance'; readonly ms: number }
  | { readonly act: 'fault'; readonly fault: AppendFault }
  | { readonly act: 'drain' | 'crash' };

/** How the reader looks for its next message. */
type Look = 'receive' | 'from' | 'topic' | 'try' | 'sleep' | 'fail';

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        act: fc.constant('send' as const),
        to: fc.nat({ max: READERS - 1 }),
        from: fc.constantFrom(...SENDERS),
        topic: fc.constantFrom(...TOPICS),
      }),
    },
    { weight: 3, arbitrary: fc.record({ act: fc.constant('advance' as const), ms: fc.nat({ max: 3_000 }) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('drain' as const, 'crash' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        act: fc.constant('fault' as const),
        fault: fc.constantFrom('unknown-written' as const, 'unknown-lost' as const),
      }),
    },
  ),
  { minLength: 5, maxLength: 40, size: 'max' },
);

const looks: fc.Arbitrary<readonly Look[]> = fc.array(
  fc.constantFrom('receive', 'receive', 'from', 'topic', 'try', 'sleep', 'fail'),
  { minLength: 1, maxLength: 8 },
);

/** Reads as its input says; fails now and then, and is tried again. */
const reader = defineKind<{ readonly looks: readonly Look[] }, null>({
  name: 'reader',
  retry: { maxAttempts: 1_000, initialDelayMs: 100, factor: 1 },
  run: async ({ looks: all }, context) => {
    for (const look of all) {
      if (look === 'fail' && context.random.next() < 0.5) throw new Error('now and then');
      await lookOnce(look, context);
    }
    return null;
  },
});

async function lookOnce(look: Look, context: TaskContext): Promise<unknown> {
  const options = { timeoutMs: 1_000 };
  if (look === 'receive') return await context.inbox.receive(options);
  if (look === 'from') return await context.waitFor({ from: 'ada' }, options);
  if (look === 'topic') return await context.waitFor({ topic: 'x' }, options);
  if (look === 'try') return await context.inbox.tryReceive();
  return look === 'sleep' ? await context.sleep(500) : undefined;
}

/** Sends until it is acknowledged, or refused for good. True when the message is in the inbox. */
async function sendSurely(test: TestKernel, id: string, input: Value): Promise<boolean> {
  for (;;) {
    try {
      await test.perform({ kind: 'inbox.send', input, id });
      return true;
    } catch (error) {
      if (isKernelError(error, 'InboxClosed') || isKernelError(error, 'InboxFull')) return false;
      if (!isKernelError(error) || !error.retryable) throw error;
      if (test.kernel.phase === 'draining') await restart(test);
      await test.advance(5_000);
    }
  }
}

async function restart(test: TestKernel): Promise<void> {
  await test.restart().catch((error: unknown) => {
    if (!isKernelError(error, 'OutcomeUnknown')) throw error;
    return restart(test);
  });
}

async function perform(test: TestKernel, act: Exclude<Act, { act: 'send' }>): Promise<void> {
  if (act.act === 'advance') await test.advance(act.ms);
  else if (act.act === 'fault') test.log.failNext(act.fault);
  else {
    if (act.act === 'drain') await test.drain().catch(() => undefined);
    await restart(test);
  }
}

/** What a job has read, in its order, and what it has not. */
async function inboxOf(test: TestKernel, id: JobId): Promise<{ read: Message[]; unread: number[] }> {
  const { steps = [], inbox = [] } = await test.job(id);
  const read = steps.flatMap(({ output }) => (output === null ? [] : [output as unknown as Message]));
  return { read, unread: inbox.map(({ body }) => body as number) };
}

it('a message that was acknowledged is read once or still there, in the order of its sender, whatever fails', async () => {
  let [readAtAll, unreadAtAll] = [0, 0];
  await fc.assert(
    fc.asyncProperty(acts, fc.tuple(looks, looks), fc.integer(), async (all, programs, seed) => {
      const test = await testKernel({ kinds: [reader], seed });
      const jobs: JobId[] = [];
      for (const looksOfOne of programs) {
        jobs.push((await test.enqueue({ kind: reader, input: { looks: looksOfOne } })).job);
      }
      const sent = jobs.map((): number[] => []);
      for (const [number, act] of all.entries()) {
        if (act.act !== 'send') {
          await perform(test, act);
          continue;
        }
        const { to, from, topic } = act;
        const input = { job: jobs[to] ?? '', body: number, from, topic };
        if (await sendSurely(test, `send-${number}`, input)) sent[to]?.push(number);
      }
      await sendSurely(test, 'settle', { job: '0'.repeat(32), body: 0 }).catch(() => false);
      await test.advance(60_000);
      for (const [index, job] of jobs.entries()) {
        await test.outcome(job);
        const { read, unread } = await inboxOf(test, job);
        const bodies = read.map(({ body }) => body as number);
        // Once each, and none lost.
        expect([...bodies, ...unread].sort((a, b) => a - b)).toEqual(sent[index]);
        for (const from of SENDERS) {
          for (const topic of TOPICS) {
            const own = read.filter((message) => message.from === from && message.topic === topic);
            const order = own.map(({ position }) => position);
            expect(order).toEqual([...order].sort((a, b) => a - b));
          }
        }
        expect(unread).toEqual([...unread].sort((a, b) => a - b));
        readAtAll += bodies.length;
        unreadAtAll += unread.length;
      }
      await test.close();
    }),
    { numRuns: 60 },
  );
  expect(Math.min(readAtAll, unreadAtAll)).toBeGreaterThan(0);
});

it('an inbox never holds more than its bounds, and takes everything that fits', async () => {
  const sizes = fc.array(fc.oneof(fc.nat({ max: 40 }), fc.constant('read' as const)), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(sizes, async (all) => {
      const limits = { messages: 5, bytes: 100 };
      const one = defineKind({
        name: 'one',
        run: async (_input, context) => {
          for (;;) {
            await context.waitFor({ topic: 'go' });
            await context.inbox.tryReceive({ topic: 'load' });
          }
        },
      });
      const test = await testKernel({ kinds: [one] });
      const { job } = await test.enqueue({ kind: one });
      await test.perform({ kind: 'var.set', input: { name: 'tksm.inbox.limits', value: limits } });
      let held: number[] = [];
      for (const size of all) {
        await test.runUntilIdle();
        const bytes = held.reduce((sum, each) => sum + each, 0);
        const [topic, body] = size === 'read' ? ['go', 0] : ['load', 'x'.repeat(size)];
        const length = JSON.stringify(body).length;
        const fits = held.length < limits.messages && bytes + length <= limits.bytes;
        const sent = await test.perform({ kind: 'inbox.send', input: { job, body, topic } }).then(
          () => true,
          (error: unknown) => !isKernelError(error, 'InboxFull'),
        );
        expect(sent).toBe(fits);
        if (sent && size === 'read') held = held.slice(1);
        else if (sent) held.push(length);
      }
      await test.close();
    }),
    { numRuns: 40 },
  );
});
