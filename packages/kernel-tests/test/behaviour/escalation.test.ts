import type { JobId, LadderView } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, echo, nap, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

/** Fails while the variable `down` is set. */
const call = defineKind({
  name: 'call',
  retry: { maxAttempts: 1 },
  run: async (_input, { vars }) => {
    if ((await vars.get('down')) !== undefined) throw new Error('no answer');
    return undefined;
  },
});
/** As one that runs in a worker of its own. */
const apart = defineKind({ ...call, name: 'apart', isolated: true });
const kinds = [call, apart, echo, nap];

const set = (test: TestKernel, name: string, value: unknown) =>
  test.perform({ kind: 'var.set', input: { name, value } });
const ladder = (test: TestKernel, kind = 'call') =>
  test.kernel.read((state): LadderView | undefined => state.ladder.get(kind));
const move = (test: TestKernel, rung: string, kind = 'call') =>
  test.perform({ kind: 'ladder.set', input: { kind, rung } });

async function guard(test: TestKernel, ladder: object = {}): Promise<void> {
  await set(test, 'tksm.breaker.kind.*', { failures: 1, delayMs: 1_000 });
  await set(test, 'tksm.ladder.*', { trips: 2, periodMs: 60_000, calmMs: 100_000, ...ladder });
}

/** The breaker of a kind opens, is probed, and closes again. */
async function trip(test: TestKernel, kind = 'call'): Promise<void> {
  await set(test, 'down', true);
  await test.enqueue({ kind });
  await test.runUntilIdle();
  await test.perform({ kind: 'var.delete', input: { name: 'down' } });
  await test.perform({ kind: 'breaker.set', input: { breaker: `kind.${kind}`, phase: 'closed' } });
  await test.runUntilIdle();
}

async function moves(test: TestKernel): Promise<readonly string[]> {
  return (await test.events()).flatMap(({ event }) => (event.type === 'ladder.moved' ? [event.to] : []));
}

async function statusOf(test: TestKernel, job: JobId): Promise<string> {
  await test.runUntilIdle();
  return (await test.job(job)).status;
}

describe('the escalation ladder', () => {
  it(
    'is climbed rung by rung as a breaker keeps tripping, and each rung has its reason',
    withKernel({ kinds }, async (test) => {
      await guard(test);
      for (let n = 0; n < 2; n++) await trip(test);
      expect(await ladder(test)).toMatchObject({
        ...{ rung: 'demoted', trips: [], reason: 'its breaker tripped 2 times within 0 s' },
      });
      for (let n = 0; n < 2; n++) await trip(test);
      expect(await ladder(test)).toMatchObject({ rung: 'isolated' });
      // What cannot be isolated waits, and trips no more.
      await trip(test);
      expect(await moves(test)).toEqual(['demoted', 'isolated']);
      for (let n = 0; n < 6; n++) await trip(test, 'apart');
      expect(await moves(test)).toEqual(['demoted', 'isolated', 'demoted', 'isolated', 'quarantined']);
    }),
  );

  it(
    'is not climbed by trips that lie too far apart, nor by one trouble that lasts, nor by an operator',
    withKernel({ kinds }, async (test) => {
      await guard(test);
      for (let n = 0; n < 4; n++) {
        await trip(test);
        await test.advance(60_001);
      }
      await set(test, 'down', true);
      for (let n = 0; n < 9; n++) {
        await test.enqueue({ kind: 'call' });
        await test.advance(1_000 * 2 ** n);
      }
      for (let n = 0; n < 5; n++)
        await test.perform({
          kind: 'breaker.set',
          input: { breaker: 'kind.call', phase: n % 2 ? 'closed' : 'open' },
        });
      expect(await moves(test)).toEqual([]);
    }),
  );

  it(
    'is gone down by one rung after each time without a trip, across a crash',
    withKernel({ kinds }, async (test) => {
      await guard(test);
      for (let n = 0; n < 6; n++) await trip(test, 'apart');
      expect((await ladder(test, 'apart'))?.rung).toBe('quarantined');
      await test.advance(99_999);
      await test.restart();
      expect((await ladder(test, 'apart'))?.rung).toBe('quarantined');
      await test.advance(1);
      expect((await ladder(test, 'apart'))?.rung).toBe('isolated');
      await test.advance(100_000);
      expect((await ladder(test, 'apart'))?.rung).toBe('demoted');
      await trip(test, 'apart');
      await test.advance(99_999);
      expect((await ladder(test, 'apart'))?.rung).toBe('demoted');
      await test.advance(1);
      expect(await ladder(test, 'apart')).toBeUndefined();
    }),
  );

  it(
    'goes no higher than its setting says, and not at all when that is false',
    withKernel({ kinds }, async (test) => {
      await guard(test, { highest: 'demoted' });
      for (let n = 0; n < 9; n++) await trip(test);
      expect(await moves(test)).toEqual(['demoted']);
      await set(test, 'tksm.ladder.*', false);
      await test.runUntilIdle();
      expect(await moves(test)).toEqual(['demoted', 'ground']);
      for (let n = 0; n < 9; n++) await trip(test);
      expect(await moves(test)).toEqual(['demoted', 'ground']);
    }),
  );

  it.each(['demoted', 'isolated', 'quarantined'])(
    'is moved by an operator to %s and back, and stays so meanwhile',
    async (rung) => {
      await withKernel({ kinds }, async (test) => {
        await guard(test);
        expect((await move(test, rung)).output).toEqual({ kind: 'call', before: 'ground', rung });
        await test.advance(1_000_000);
        await test.restart();
        expect(await ladder(test)).toMatchObject({ rung, by: 'operator', reason: 'set on request' });
        await move(test, 'ground');
        const { job } = await test.enqueue({ kind: 'call' });
        expect(await statusOf(test, job)).toBe('succeeded');
        expect(await moves(test)).toEqual([rung, 'ground']);
      })();
    },
  );

  it.each([
    ['no rung', { kind: 'call', rung: 'attic' }],
    ['no kind', { rung: 'demoted' }],
    ['a kind that cannot be', { kind: 'a kind', rung: 'demoted' }],
    ['a reason too long', { kind: 'call', rung: 'demoted', reason: 'x'.repeat(257) }],
  ])('is not moved with %s', async (_what, input) => {
    await withKernel({ kinds }, async (test) => {
      expect(await codeOf(test.perform({ kind: 'ladder.set', input }))).toBe('InvalidInput');
    })();
  });

  it(
    'has no place for kinds of the kernel itself, which has to start',
    withKernel({ kinds }, async (test) => {
      for (const kind of ['kernel.run', 'boot.vars'])
        expect(await codeOf(move(test, 'quarantined', kind))).toBe('InvalidOperation');
    }),
  );

  it.each([
    { trips: 0 },
    { trips: 101 },
    { periodMs: 0 },
    { calmMs: -1 },
    { highest: 'ground' },
    { rungs: 3 },
    5,
  ])('has no setting %j', async (value) => {
    await withKernel({ kinds }, async (test) => {
      expect(await codeOf(set(test, 'tksm.ladder.call', value))).toBe('InvalidInput');
    })();
  });
});

describe('a kind that is', () => {
  it(
    'demoted goes after all others, also with the jobs that were queued before',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      const order: JobId[] = [];
      const busy = await test.enqueue({ kind: nap, input: { ms: 1_000 } });
      for (const [kind, priority] of [
        ['call', 9],
        ['echo', 1],
      ] as const)
        order.push((await test.enqueue({ kind, priority })).job);
      await move(test, 'demoted');
      order.push((await test.enqueue({ kind: 'call', priority: 9 })).job);
      order.push((await test.enqueue({ kind: 'echo', priority: 1 })).job);
      await test.outcome(busy.job);
      await test.runUntilIdle();
      const leased = (await test.events()).flatMap(({ event }) =>
        event.type === 'job.leased' && order.includes(event.job) ? [order.indexOf(event.job)] : [],
      );
      expect(leased).toEqual([1, 3, 0, 2]);
    }),
  );

  it(
    'demoted no more has its priorities back',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      await move(test, 'demoted');
      const busy = await test.enqueue({ kind: nap, input: { ms: 1_000 } });
      const first = await test.enqueue({ kind: 'echo', priority: 5 });
      const second = await test.enqueue({ kind: 'call', priority: 9 });
      await move(test, 'ground');
      await test.outcome(busy.job);
      await test.runUntilIdle();
      const leased = (await test.events()).flatMap(({ event }) =>
        event.type === 'job.leased' ? [event.job] : [],
      );
      expect(leased.indexOf(second.job)).toBeLessThan(leased.indexOf(first.job));
    }),
  );

  it(
    'to be isolated runs only where it can be',
    withKernel({ kinds }, async (test) => {
      await move(test, 'isolated');
      await move(test, 'isolated', 'apart');
      const here = await test.enqueue({ kind: 'call' });
      const there = await test.enqueue({ kind: 'apart' });
      expect(await statusOf(test, there.job)).toBe('succeeded');
      expect(await statusOf(test, here.job)).toBe('queued');
      await move(test, 'demoted');
      expect(await statusOf(test, here.job)).toBe('succeeded');
    }),
  );

  it(
    'quarantined keeps what is queued, refuses what is new, and answers what it knows',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      const busy = await test.enqueue({ kind: nap, input: { ms: 1_000 } });
      const queued = await test.enqueue({ kind: 'call', id: 'known' });
      await move(test, 'quarantined');
      expect(await codeOf(test.enqueue({ kind: 'call' }))).toBe('Quarantined');
      const { kernel } = test;
      expect(await codeOf(kernel.enqueueAll([{ kind: 'echo' }, { kind: 'call' }], kernel.operator))).toBe(
        'Quarantined',
      );
      expect(await test.enqueue({ kind: 'call', id: 'known' })).toMatchObject({
        job: queued.job,
        existing: true,
      });
      const every = { name: 'every', job: { kind: 'call' }, everyMs: 60_000 };
      await test.perform({ kind: 'schedule.set', input: every });
      await test.outcome(busy.job);
      await test.advance(1_000_000);
      const { last } = (await test.kernel.read((state) => state.schedules.get('every'))) ?? {};
      expect(last).toMatchObject({ error: { code: 'Quarantined' } });
      await test.perform({ kind: 'schedule.remove', input: { name: 'every' } });
      await test.restart();
      expect(await statusOf(test, queued.job)).toBe('queued');
      await move(test, 'ground');
      expect(await statusOf(test, queued.job)).toBe('succeeded');
    }),
  );

  it(
    'takes no more kinds off the ground than it can remember',
    withKernel({ kinds }, async (test) => {
      for (let n = 0; n < 1_000; n++) await move(test, 'demoted', `kind-${n}`);
      await expect(move(test, 'quarantined')).rejects.toMatchObject({ code: 'InvalidOperation' });
      expect(await ladder(test)).toBeUndefined();
      await move(test, 'quarantined', 'kind-7');
      await move(test, 'ground', 'kind-8');
      await move(test, 'quarantined');
      expect(await ladder(test)).toMatchObject({ rung: 'quarantined' });
    }),
  );
});
