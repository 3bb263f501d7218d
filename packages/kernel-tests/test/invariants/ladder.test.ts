import { LADDER_RUNGS } from '@tksm/abstractions';
import type { JobId, LadderRung, RecordedEvent } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, withKernel } from '@tksm/kernel-tests';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const task = defineKind<{ readonly fails: boolean }, null>({
  name: 'here',
  retry: { maxAttempts: 1 },
  run: ({ fails }) => {
    if (fails) throw new Error('no answer');
    return null;
  },
});
const kinds = [task, defineKind({ ...task, name: 'apart', isolated: true })];
const KINDS = ['here', 'apart'] as const;

const acts = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      act: fc.constant('submit' as const),
      kind: fc.constantFrom(...KINDS),
      fails: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('advance' as const), ms: fc.nat({ max: 20_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('move' as const),
      kind: fc.constantFrom(...KINDS),
      rung: fc.constantFrom(...LADDER_RUNGS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('crash' as const) }) },
);

/** The rungs as the log tells them; throws when one is left out, or a job runs that may not. */
function walk(events: readonly RecordedEvent[]): ReadonlyMap<string, LadderRung> {
  const rungs = new Map<string, LadderRung>();
  const kindOf = new Map<JobId, string>();
  for (const { event } of events) {
    if (event.type === 'job.submitted') kindOf.set(event.job, event.spec.kind);
    if (event.type === 'job.leased') {
      const kind = kindOf.get(event.job) ?? '';
      const rung = rungs.get(kind) ?? 'ground';
      expect(rung).not.toBe('quarantined');
      if (kind === 'here') expect(rung).not.toBe('isolated');
    }
    if (event.type !== 'ladder.moved') continue;
    const { kind, from, to, by } = event;
    expect(from).toBe(rungs.get(kind) ?? 'ground');
    const distance = LADDER_RUNGS.indexOf(to) - LADDER_RUNGS.indexOf(from);
    if (by === undefined) expect(Math.abs(distance)).toBe(1);
    rungs.set(kind, to);
  }
  return rungs;
}

it('every move can be taken back: no job is lost on any rung, across crashes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { maxLength: 30, size: 'max' }), async (life) => {
      await withKernel({ kinds }, async (test) => {
        const set = (name: string, value: object) =>
          test.perform({ kind: 'var.set', input: { name, value: { ...value } } });
        await set('tksm.breaker.kind.*', { failures: 1, delayMs: 2_000, maxDelayMs: 2_000 });
        await set('tksm.ladder.*', { trips: 2, periodMs: 60_000, calmMs: 30_000 });
        const jobs: JobId[] = [];
        for (const act of life) {
          if (act.act === 'advance') await test.advance(act.ms);
          else if (act.act === 'crash') await test.restart();
          else if (act.act === 'move')
            await test.perform({ kind: 'ladder.set', input: { kind: act.kind, rung: act.rung } });
          else {
            const { kind, fails } = act;
            const rung = await test.kernel.read(({ ladder }) => ladder.get(kind)?.rung);
            const submitted = test.enqueue({ kind, input: { fails } });
            if (rung === 'quarantined') expect(await codeOf(submitted)).toBe('Quarantined');
            else jobs.push((await submitted).job);
          }
          await test.runUntilIdle();
        }
        const rungs = walk(await test.events());
        for (const kind of KINDS) {
          const found = await test.kernel.read(({ ladder }) => ladder.get(kind)?.rung);
          expect(found ?? 'ground').toBe(rungs.get(kind) ?? 'ground');
          await set(`tksm.ladder.${kind}`, { trips: 100 });
          await test.perform({ kind: 'ladder.set', input: { kind, rung: 'ground' } });
        }
        await test.advance(200_000);
        for (const job of jobs) expect((await test.job(job)).outcome).toBeDefined();
        walk(await test.events());
      })();
    }),
    { numRuns: 40 },
  );
});
