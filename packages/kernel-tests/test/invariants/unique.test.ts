import type { JobId, JobSpec, RecordedEvent } from '@tksm/abstractions';
import { codeOf, echo, nap, TINY_RETENTION } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

type Act =
  | { readonly act: 'submit'; readonly key: string; readonly windowMs?: number; readonly ms: number }
  | { readonly act: 'debounce'; readonly key: string; readonly input: number }
  | { readonly act: 'cancel' | 'retry'; readonly job: number }
  | { readonly act: 'advance'; readonly ms: number }
  | { readonly act: 'crash' };

const key = fc.constantFrom('a', 'b');
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record(
        {
          act: fc.constant('submit' as const),
          key,
          windowMs: fc.integer({ min: 1, max: 5_000 }),
          ms: fc.nat({ max: 5_000 }),
        },
        { requiredKeys: ['act', 'key', 'ms'] },
      ),
    },
    { weight: 3, arbitrary: fc.record({ act: fc.constant('debounce' as const), key, input: fc.nat() }) },
    {
      weight: 2,
      arbitrary: fc.record({ act: fc.constantFrom('cancel' as const, 'retry' as const), job: fc.nat() }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ act: fc.constant('advance' as const), ms: fc.nat({ max: 4_000 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ act: 'crash' as const }) },
  ),
  { maxLength: 25, size: 'max' },
);

class KeysLife {
  readonly #test: TestKernel;
  readonly #jobs: JobId[] = [];

  constructor(test: TestKernel) {
    this.#test = test;
  }

  async do(one: Act): Promise<void> {
    const test = this.#test;
    switch (one.act) {
      case 'submit': {
        const window = one.windowMs === undefined ? {} : { dedupWindowMs: one.windowMs };
        const command = { kind: nap, input: { ms: one.ms }, dedupKey: one.key, ...window };
        this.#jobs.push((await test.enqueue(command)).job);
        break;
      }
      case 'debounce': {
        const debounce = { key: one.key, ms: 1_000, maxMs: 2_500 };
        await test.enqueue({ kind: echo, input: one.input, debounce });
        break;
      }
      case 'cancel':
      case 'retry': {
        const job = this.#jobs[one.job % Math.max(1, this.#jobs.length)];
        if (job !== undefined) await codeOf(test.perform({ kind: `job.${one.act}`, input: { job } }));
        break;
      }
      case 'advance':
        await test.advance(one.ms);
        break;
      case 'crash':
        await test.restart();
    }
  }
}

/** Follows the jobs of each key through the log, and gives the submissions that should have met another job. */
function doubles(events: readonly RecordedEvent[]): readonly number[] {
  const specs = new Map<JobId, JobSpec>();
  const open = new Map<string, JobId>();
  const windows = new Map<string, number>();
  const begun = new Set<JobId>();
  const found: number[] = [];
  const keyOf = ({ kind, dedupKey, debounce }: JobSpec): string =>
    `${kind}/${dedupKey ?? debounce?.key ?? ''}`;
  for (const { event, position, time } of events) {
    if (!('job' in event) || event.job === undefined) continue;
    if (event.type === 'job.submitted') specs.set(event.job, event.spec);
    const spec = specs.get(event.job);
    if (spec === undefined || (spec.dedupKey ?? spec.debounce) === undefined) continue;
    const key = keyOf(spec);
    if (event.type === 'job.submitted') {
      const twin = open.get(key);
      const meets = twin !== undefined && (spec.debounce === undefined || !begun.has(twin));
      if (meets || (windows.get(key) ?? 0) > time) found.push(position);
      if (spec.dedupWindowMs !== undefined) windows.set(key, time + spec.dedupWindowMs);
      open.set(key, event.job);
    } else if (event.type === 'job.leased') begun.add(event.job);
    else if (event.type === 'job.released') {
      if ((open.get(key) ?? event.job) !== event.job) found.push(position);
      open.set(key, event.job);
    } else if (/^job\.(succeeded|failed|cancelled)$/.test(event.type) && open.get(key) === event.job) {
      open.delete(key);
    }
  }
  return found;
}

it('gives a key one job at a time, and one a window, in any life', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (life) => {
      const test = await testKernel({ kinds: [echo, nap], concurrency: 2, retention: TINY_RETENTION });
      const keys = new KeysLife(test);
      for (const one of life) await keys.do(one);
      expect(doubles(await test.events())).toEqual([]);
      await test.close();
    }),
    { numRuns: 80 },
  );
});

it('runs the last input of a debounced job, no earlier than it may and no later than it must', async () => {
  const waits = fc.array(fc.nat({ max: 1_400 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(waits, async (gaps) => {
      const test = await testKernel({ kinds: [echo] });
      const debounce = { key: 'k', ms: 1_000, maxMs: 2_500 };
      const submitted: { readonly job: JobId; readonly at: number; readonly input: number }[] = [];
      for (const [input, gap] of gaps.entries()) {
        const { job } = await test.enqueue({ kind: echo, input, debounce });
        submitted.push({ job, at: test.clock.now(), input });
        await test.advance(gap);
      }
      for (const id of new Set(submitted.map(({ job }) => job))) {
        const own = submitted.filter(({ job }) => job === id);
        const [first, last] = [own[0], own.at(-1)];
        expect(await test.outcome(id)).toMatchObject({ output: last?.input });
        const due = Math.min((last?.at ?? 0) + 1_000, (first?.at ?? 0) + 2_500);
        expect((await test.job(id)).settledAt).toBe(due);
      }
      await test.close();
    }),
    { numRuns: 40 },
  );
});
