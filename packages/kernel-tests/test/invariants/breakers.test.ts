import { KernelError } from '@tksm/abstractions';
import type { BreakerName, JobId } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { BreakerModel, withKernel } from '@tksm/kernel-tests';
import type { ModelSetting } from '@tksm/kernel-tests';
import { spend } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

type How = 'works' | 'fails' | 'is wrong' | 'retries';
const task = defineKind<{ readonly how: How; readonly ms: number }, null>({
  name: 'a',
  retry: { maxAttempts: 1 },
  run: async ({ how, ms }, context) => {
    if (ms > 0) await spend(context, ms);
    if (how === 'is wrong') throw new KernelError('ProcessRejected', 'no use');
    if (how === 'fails' || (how === 'retries' && context.attempt === 1)) throw new Error('no answer');
    return null;
  },
});
const kinds = [task, defineKind({ ...task, name: 'b' })];
const NAMES = ['kind.a', 'resource.r'] as const satisfies readonly BreakerName[];

type Act =
  | {
      readonly act: 'submit';
      readonly kind: string;
      readonly how: How;
      readonly ms: number;
      readonly needs: boolean;
    }
  | { readonly act: 'advance'; readonly ms: number }
  | { readonly act: 'open' | 'close'; readonly breaker: BreakerName; readonly forMs: number }
  | { readonly act: 'cancel'; readonly job: number }
  | { readonly act: 'crash' | 'drain' };

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      act: fc.constant('submit' as const),
      kind: fc.constantFrom('a', 'a', 'b'),
      how: fc.constantFrom<How>('works', 'fails', 'fails', 'is wrong', 'retries'),
      ms: fc.constantFrom(0, 0, 500, 3_000),
      needs: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ act: fc.constant('advance' as const), ms: fc.nat({ max: 4_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constantFrom('open' as const, 'close' as const),
      breaker: fc.constantFrom(...NAMES),
      forMs: fc.integer({ min: 1, max: 5_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('cancel' as const), job: fc.nat({ max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('crash' as const, 'drain' as const) }) },
);

const settings: fc.Arbitrary<ModelSetting> = fc.record({
  failures: fc.integer({ min: 1, max: 3 }),
  windowMs: fc.integer({ min: 1, max: 8_000 }),
  share: fc.constantFrom(0, 0.5, 1),
  delayMs: fc.constant(1_000),
  maxDelayMs: fc.constant(4_000),
  probes: fc.integer({ min: 1, max: 3 }),
});

/** Does one thing; gives the job that it submits. */
async function live(test: TestKernel, act: Act, jobs: readonly JobId[]): Promise<JobId | undefined> {
  switch (act.act) {
    case 'submit': {
      const { kind, how, ms, needs } = act;
      const retry = how === 'retries' ? { maxAttempts: 2, initialDelayMs: 700 } : {};
      const { job } = await test.enqueue({ kind, input: { how, ms }, retry, resources: needs ? ['r'] : [] });
      return job;
    }
    case 'advance':
      await test.advance(act.ms);
      return undefined;
    case 'open':
    case 'close': {
      const open = { phase: 'open', forMs: act.forMs };
      const input = { breaker: act.breaker, ...(act.act === 'open' ? open : { phase: 'closed' }) };
      await test.perform({ kind: 'breaker.set', input });
      return undefined;
    }
    case 'cancel': {
      const job = jobs[jobs.length - 1 - act.job];
      if (job !== undefined && (await test.job(job)).outcome === undefined)
        await test.perform({ kind: 'job.cancel', input: { job } });
      return undefined;
    }
    case 'drain':
      await test.drain();
      await test.restart();
      return undefined;
    case 'crash':
      await test.restart();
      return undefined;
  }
}

it('every breaker is what its log makes of it, lets no more probes through than it may, and loses no job', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { maxLength: 25, size: 'max' }), settings, async (life, setting) => {
      await withKernel({ kinds, concurrency: 4 }, async (test) => {
        for (const name of NAMES)
          await test.perform({
            kind: 'var.set',
            input: { name: `tksm.breaker.${name}`, value: { ...setting } },
          });
        const jobs: JobId[] = [];
        for (const act of life) {
          const job = await live(test, act, jobs);
          if (job !== undefined) jobs.push(job);
          await test.runUntilIdle();
        }
        // Whatever is held back comes through in the end, probe by probe.
        await test.advance(400_000);
        for (const job of jobs) expect((await test.job(job)).outcome).toBeDefined();
        const models = NAMES.map((name) => new BreakerModel(name, setting));
        for (const { event, time } of await test.events())
          for (const model of models) model.observe(event, time);
        for (const [index, model] of models.entries()) {
          model.settled();
          const name = NAMES[index] ?? 'kind.a';
          const found = await test.kernel.read(({ breakers }) => breakers.get(name));
          const expected = { phase: model.phase, since: model.since, trips: model.trips };
          expect(found ?? { phase: 'closed', since: 0, trips: 0 }).toMatchObject(
            found === undefined ? { phase: model.phase, trips: model.trips } : expected,
          );
        }
      })();
    }),
    { numRuns: 40 },
  );
});
