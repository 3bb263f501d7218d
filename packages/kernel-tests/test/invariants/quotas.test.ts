import type { JobId, JobSpec, RecordedEvent } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { nap } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const KIND_RATE = { perSecond: 7, burst: 2 };
const called = defineKind<{ readonly ms: number }, null>({
  name: 'called',
  rateLimit: KIND_RATE,
  run: async ({ ms }, context) => {
    await context.sleep(ms);
    return null;
  },
});

type Act =
  | { readonly act: 'submit'; readonly origin: string; readonly kind: string; readonly ms: number }
  | { readonly act: 'advance'; readonly ms: number }
  | { readonly act: 'crash' };

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        act: fc.constant('submit' as const),
        origin: fc.constantFrom('a', 'b'),
        kind: fc.constantFrom('called', 'nap'),
        ms: fc.nat({ max: 800 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ act: fc.constant('advance' as const), ms: fc.nat({ max: 1_500 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ act: 'crash' as const }) },
  ),
  { maxLength: 40, size: 'max' },
);

const quotas = fc.record({
  perSecond: fc.double({ min: 0.3, max: 20, noNaN: true }),
  burst: fc.integer({ min: 1, max: 4 }),
  inFlight: fc.integer({ min: 1, max: 3 }),
});

/** The most that began within any time, above what a rate allows in it. At most 0 when the rate holds. */
function excess(times: readonly number[], { perSecond, burst }: typeof KIND_RATE): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const [first, from] of times.entries()) {
    for (let last = first; last < times.length; last++) {
      const allowed = burst + (((times[last] ?? from) - from) * perSecond) / 1_000;
      most = Math.max(most, last - first + 1 - allowed);
    }
  }
  return most;
}

interface Told {
  readonly begun: ReadonlyMap<string, readonly number[]>;
  readonly mostInFlight: number;
}

/** When jobs of an origin or a kind began, and how many of origin `a` ran at once. */
function tell(events: readonly RecordedEvent[]): Told {
  const specs = new Map<JobId, JobSpec>();
  const begun = new Map<string, number[]>();
  const inFlight = new Set<JobId>();
  let mostInFlight = 0;
  for (const { event, time } of events) {
    if (event.type === 'job.submitted') specs.set(event.job, event.spec);
    const spec = 'job' in event && event.job !== undefined ? specs.get(event.job) : undefined;
    if (spec === undefined || !('job' in event) || event.job === undefined) continue;
    if (event.type === 'job.leased') {
      for (const key of [spec.origin ?? '', spec.kind]) begun.set(key, [...(begun.get(key) ?? []), time]);
      if (spec.origin === 'a') inFlight.add(event.job);
      mostInFlight = Math.max(mostInFlight, inFlight.size);
    } else if (
      /^job\.(succeeded|failed|cancelled|interrupted|attempt-failed|suspended|held)$/.test(event.type)
    ) {
      inFlight.delete(event.job);
    }
  }
  return { begun, mostInFlight };
}

it('no rate is exceeded over any time, no quota at any moment, and everything runs, in any life', async () => {
  await fc.assert(
    fc.asyncProperty(acts, quotas, async (life, { inFlight, ...rate }) => {
      const test = await testKernel({ kinds: [called, nap], concurrency: 5 });
      await test.perform({ kind: 'var.set', input: { name: 'tksm.origin.a', value: { inFlight, rate } } });
      for (const one of life) {
        if (one.act === 'crash') await test.restart();
        else if (one.act === 'advance') await test.advance(one.ms);
        else await test.enqueue({ kind: one.kind, origin: one.origin, input: { ms: one.ms } });
      }
      await test.advance(400_000);
      const counts = await test.kernel.read(({ jobs }) => jobs.counts());
      expect(counts.queued).toBe(0);
      const { begun, mostInFlight } = tell(await test.events());
      expect(mostInFlight).toBeLessThanOrEqual(inFlight);
      expect(excess(begun.get('a') ?? [], rate)).toBeLessThanOrEqual(0.001);
      expect(excess(begun.get('called') ?? [], KIND_RATE)).toBeLessThanOrEqual(0.001);
      await test.close();
    }),
    { numRuns: 50 },
  );
});
