import { driverEffect, KernelError } from '@tksm/abstractions';
import type { Driver, JobId, Value, ValueObject } from '@tksm/abstractions';
import { defineKind, replayState } from '@tksm/core';
import { logOf, testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import { idsOf, PaperTokens } from '../paper-tokens.ts';
import { broken, echo, flaky, nap, parent, polite, writer } from '../kinds.ts';
import { TINY_RETENTION } from '../tiny-retention.ts';
import type { GoldenHistory } from './golden-history.ts';

/** Frames between two recorded digests. */
const STRIDE = 10;

const tokens = new PaperTokens();

/** Takes steps and tells how far it is. */
const stepper = defineKind({
  name: 'stepper',
  run: async (_input, context) => {
    context.progress({ done: 1, total: 2, message: 'half' });
    await context.step('first', () => ({ n: 1 }));
    return await context.step('second', () => 'two');
  },
});

/** Ends when its time is over, and gives a result that nobody wants any more. */
const late = defineKind({
  name: 'late',
  retry: { maxAttempts: 1 },
  run: (_input, { signal }) =>
    new Promise<string>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve('too late');
      });
    }),
});

/** Is handed to a worker that is lost, once. */
const handed = defineKind({
  name: 'handed',
  run: (_input, { lease }) => {
    lease.assign(`process ${lease.epoch}`);
    if (lease.epoch === 1) throw new KernelError('WorkerLost', 'it was killed');
    return 'found another';
  },
});

/** Sleeps, then asks and waits for an answer. */
const asker = defineKind<{ readonly colleague: JobId | null }, Value>({
  name: 'asker',
  run: async ({ colleague }, context) => {
    if (colleague !== null) context.inbox.send(colleague, 'done', { topic: 'answer' });
    await context.sleep(3_600_000);
    const answer = await context.waitFor({ topic: 'answer' }, { timeoutMs: 60_000 });
    return answer?.body ?? 'nobody answered';
  },
});

const phone: Driver = {
  name: 'phone',
  operations: {
    ring: driverEffect<{ readonly number: string }>({
      summary: 'rings',
      input: {
        '~standard': {
          version: 1,
          vendor: 'golden',
          validate: (value) => ({ value: value as { number: string } }),
        },
      },
      asks: ({ number }) => [{ action: 'phone.ring', resource: number, host: 'home.example', amount: '1' }],
      run: ({ number }) => number,
    }),
  },
};

const kinds = [asker, broken, echo, flaky, handed, late, nap, parent, polite, stepper, writer];

/** What happens in a golden history. A new event type gets an act here that leads to it. */
const ACTS: readonly ((test: TestKernel) => Promise<unknown>)[] = [
  (test) => test.perform({ kind: 'var.set', input: { name: 'limit', value: 7 }, id: 'set-limit' }),
  (test) => test.perform({ kind: 'var.set', input: { name: 'text', value: 'grüße €🙂' } }),
  (test) => test.perform({ kind: 'var.delete', input: { name: 'text' } }),
  (test) => test.run({ kind: writer, input: { name: 'written', value: [1, { a: null }] } }),
  (test) => test.run({ kind: stepper, id: 'named', correlation: 'c', origin: 'o' }),
  (test) => test.run({ kind: flaky, input: { times: 2 } }),
  (test) => test.run({ kind: handed }),
  (test) => test.run({ kind: parent, input: { kind: 'echo', inputs: [1, 2] } }),
  async (test) => {
    const { job } = await test.enqueue({ kind: late });
    await test.advance(60_000);
    await test.outcome(job);
    await test.runUntilIdle();
  },
  async (test) => {
    const { kernel } = test;
    const expiresAt = test.clock.now() + 60_000;
    const minted = await tokens.mint({ rights: ['job.submit:*'], caveats: { expiresAt } }, kernel.zone);
    const guest = tokens.append(minted, { rights: ['job.submit:echo'], note: 'a guest' });
    await test.outcome((await kernel.enqueue({ kind: echo, input: 1 }, await kernel.accept(guest))).job);
    await kernel.perform(
      { kind: 'token.revoke', input: { id: idsOf(guest)[1], reason: 'r' } },
      kernel.operator,
    );
    await kernel.perform({ kind: 'token.revoke', input: { id: 'ab'.repeat(64) } }, kernel.operator);
    await test.advance(60_000);
  },
  async (test) => {
    const { job } = await test.enqueue({ kind: broken });
    const held = await test.enqueue({ kind: echo, dependsOn: [job], onDependencyFailure: 'hold', input: 1 });
    await test.enqueue({ kind: echo, dependsOn: [job], input: 2 });
    await test.outcome(job);
    await test.runUntilIdle();
    await test.perform({ kind: 'job.retry', input: { job: held.job } });
    await test.outcome(held.job);
  },
  async (test) => {
    await test.enqueue({ kind: nap, input: { ms: 50_000 }, dedupKey: 'one', priority: 8 });
    await test.enqueue({ kind: nap, input: { ms: 50_000 }, dedupKey: 'one', id: 'again' });
    await test.runUntilIdle();
    await test.drain();
    await test.restart();
  },
  async (test) => {
    const first = await test.enqueue({ kind: asker, input: { colleague: null } });
    await test.perform({
      kind: 'inbox.send',
      input: { job: first.job, body: [1], topic: 'other' },
      id: 'told',
    });
    const second = await test.enqueue({ kind: asker, input: { colleague: first.job } });
    await test.outcome(first.job);
    await test.outcome(second.job);
  },
  async (test) => {
    await test.perform({ kind: 'kind.pause', input: { kind: 'echo', reason: 'to look at it' } });
    const { job } = await test.enqueue({ kind: echo, input: 'later', agent: 'a', pool: 'p' });
    await test.perform({ kind: 'job.pause', input: { job } });
    await test.perform({ kind: 'kind.resume', input: { kind: 'echo' } });
    await test.perform({ kind: 'job.resume', input: { job } });
    await test.outcome(job);
  },
  async (test) => {
    const debounce = { key: 'typed', ms: 1_000 };
    await test.enqueue({ kind: echo, input: 'a', debounce });
    const { job } = await test.enqueue({ kind: echo, input: 'ab', debounce, id: 'typed' });
    await test.outcome(job);
    await test.run({ kind: echo, dedupKey: 'for an hour', dedupWindowMs: 3_600_000 });
  },
  async (test) => {
    const { job } = await test.enqueue({ kind: polite });
    await test.runUntilIdle();
    await test.perform({ kind: 'job.cancel', input: { job, reason: 'enough' }, id: 'cancel' });
    await test.outcome(job);
  },
  async (test) => {
    const rules = { cron: '*/5 * * * *', zone: 'Europe/Berlin', misfire: 'all', overlap: 'queue-one' };
    const input = { name: 'often', job: { kind: 'late' }, ...rules, jitterMs: 1_000, limit: 6 };
    await test.perform({ kind: 'schedule.set', input });
    await test.advance(600_000);
    await test.perform({ kind: 'schedule.pause', input: { name: 'often', reason: 'for a while' } });
    await test.advance(600_000);
    await test.perform({ kind: 'schedule.resume', input: { name: 'often' } });
    const now = test.clock.now();
    await test.perform({
      kind: 'schedule.backfill',
      input: { name: 'often', from: now - 3_600_000, to: now },
    });
    await test.restart({ kinds: kinds.filter((kind) => kind !== late) });
    await test.advance(600_000);
    await test.restart({ kinds });
    await test.advance(600_000);
    await test.perform({
      kind: 'schedule.set',
      input: { name: 'once', job: { kind: 'echo' }, everyMs: 90_000 },
    });
    await test.perform({ kind: 'schedule.remove', input: { name: 'once' } });
  },
  async (test) => {
    const setting = { failures: 2, delayMs: 1_000 };
    await test.perform({ kind: 'var.set', input: { name: 'tksm.breaker.kind.flaky', value: setting } });
    const once = { kind: flaky, retry: { maxAttempts: 1 } };
    for (const times of [1, 1, 0]) await test.enqueue({ ...once, input: { times }, resources: ['r'] });
    await test.advance(2_000);
    await test.perform({ kind: 'ladder.set', input: { kind: 'flaky', rung: 'demoted', reason: 'why not' } });
  },
  async (test) => {
    const { kernel } = test;
    const caveats = { count: 5, rate: { limit: 4, periodMs: 1_000 } };
    const rights = ['job.submit:echo', 'var.set:notes/**'];
    const guest = await kernel.derive({ rights: ['phone.ring:1'], ring: 3 }, kernel.operator);
    const ring = (number: string) => ({
      kind: 'driver.call',
      input: { driver: 'phone', op: 'ring', number },
    });
    await test.outcome((await kernel.enqueue(ring('1'), guest)).job);
    await kernel.enqueue(ring('2'), guest).catch(() => undefined);
    await kernel.submit({ kind: 'nowhere' }, kernel.operator).catch(() => undefined);
    const team = await kernel.derive({ rights, caveats, note: 'the team' }, kernel.operator);
    const member = await kernel.derive({ rights: ['job.submit:echo'] }, team);
    await test.outcome((await kernel.enqueue({ kind: echo, input: 1 }, member)).job);
    await kernel.perform({ kind: 'var.set', input: { name: 'notes/a', value: 1 } }, team);
    await kernel.derive({ rights: ['*:**'], caveats: { expiresAt: 4_000_000_000_000 } }, kernel.operator);
    await kernel.perform({ kind: 'capability.revoke', input: { handle: team.id } }, kernel.operator);
  },
  async (test) => {
    const does = async (kind: string, input: ValueObject): Promise<string> => {
      const { output } = await test.perform({ kind: `agent.${kind}`, input });
      return (output as { readonly agent: string }).agent;
    };
    const chief = await does('spawn', { name: 'chief', rights: ['job.submit:echo', 'agent.*:self/**'] });
    const scout = await does('spawn', { name: 'scout', rights: ['agent.observe:self'], parent: chief });
    await does('schedule-task', { agent: chief, kind: 'echo', input: 1, description: 'the first' });
    await does('subscribe', { agent: chief, to: scout, topics: ['smoke'] });
    for (const topic of ['smoke', 'noise']) await does('observe', { agent: scout, topic, data: { n: 1 } });
    await does('receive', { agent: chief });
    await does('unsubscribe', { agent: chief, to: scout });
    await does('stop', { agent: chief, reason: 'enough' });
  },
  async (test) => {
    const { job } = await test.enqueue({ kind: broken });
    await test.outcome(job);
    await test.restart({ retention: TINY_RETENTION });
    for (let n = 0; n < 6; n++) await test.run({ kind: echo, input: n, id: `retires-${n}` });
    await test.perform({ kind: 'job.retry', input: { job } });
    await test.outcome(job);
  },
  async (test) => {
    const calm = { id: 'calm', kind: 'polite' };
    const wild = { id: 'wild', kind: 'broken', restart: 'transient' };
    const children = [calm, { id: 'pair', supervisor: 'pair' }];
    const supervisors = { pair: { strategy: 'rest-for-one', children: [wild, calm] } };
    await test.perform({ kind: 'supervisor.start', input: { id: 'top', children, supervisors } });
    // The calm one hears too early that it is to stop, and not again: its lease is taken.
    await test.advance(20_000);
    await test.perform({ kind: 'supervisor.start', input: { id: 'other', children: [calm] } });
    await test.perform({ kind: 'supervisor.child.stop', input: { supervisor: 'other', child: 'calm' } });
    await test.runUntilIdle();
    await test.perform({ kind: 'supervisor.stop', input: { supervisor: 'other' } });
  },
];

/** Lives through a history with every type of event in it. */
export async function recordHistory(): Promise<GoldenHistory> {
  const test = await testKernel({ kinds, drivers: [phone], seed: 'golden', tokenIssuer: tokens });
  for (const act of ACTS) await act(test);
  await test.runUntilIdle();
  const history = await test.history();
  await test.close();
  const log = await logOf(history);
  const digests: Record<string, string> = {};
  let [position, count] = [0, 0];
  for (const frame of history.frames) {
    position += frame.count;
    count += 1;
    if (count % STRIDE > 0 && count < history.frames.length) continue;
    digests[position] = (await replayState(log, position)).digest();
  }
  return { ...history, digests };
}
