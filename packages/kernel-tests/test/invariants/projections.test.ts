import type { BookmarkStore, EventSource, Projection, RecordedEvent } from '@tksm/abstractions';
import { readEvents } from '@tksm/core';
import { Life, lifeKinds, lives, userJobs } from '@tksm/kernel-tests';
import { healthTimeline, jobTimeline, kernelSource, ProjectionRunner, throughput } from '@tksm/observability';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Keeps bookmarks as text, as a folder would. */
class MemoryBookmarks implements BookmarkStore {
  readonly texts = new Map<string, string>();

  read(name: string): Promise<string | undefined> {
    return Promise.resolve(this.texts.get(name));
  }

  write(name: string, text: string): Promise<void> {
    this.texts.set(name, text);
    return Promise.resolve();
  }

  remove(name: string): Promise<void> {
    this.texts.delete(name);
    return Promise.resolve();
  }
}

/** Every event that it was given, in order. */
const everything: Projection<RecordedEvent[]> = {
  name: 'everything',
  version: 1,
  initial: () => [],
  apply: (state, recorded) => [...state, recorded],
};

function logSource({ log }: TestKernel): EventSource {
  return {
    events: ({ from = 0 } = {}) => readEvents(log.openAnother(), from),
    head: async () => (await log.head()).position,
  };
}

/** What a projection comes to when all of the log is folded at once. */
async function foldOf<State>(projection: Projection<State>, test: TestKernel): Promise<State> {
  const runner = await ProjectionRunner.open(projection, { source: logSource(test) });
  await runner.catchUp();
  return runner.state;
}

type Fate = 'none' | 'catch-up' | 'crash' | 'garbage' | 'rebuild' | 'drop';
const fates = fc.array(
  fc.constantFrom<Fate>('none', 'catch-up', 'catch-up', 'crash', 'garbage', 'rebuild', 'drop'),
  { minLength: 25, maxLength: 25 },
);

/** Lives, while projections read along live, die, and lose or spoil what they kept. */
async function readAlong<State>(
  projection: Projection<State>,
  test: TestKernel,
  acts: Parameters<Life['do']>[0][],
  fatesOf: readonly Fate[],
): Promise<State> {
  const bookmarks = new MemoryBookmarks();
  const open = (): Promise<ProjectionRunner<State>> =>
    ProjectionRunner.open(projection, { source: kernelSource(test.kernel), bookmarks, keepEvery: 7 });
  const life = new Life(test);
  let runner = await open();
  for (const [at, act] of acts.entries()) {
    await life.do(act);
    const fate = fatesOf[at];
    const died = act.act === 'crash' || act.act === 'drain' || fate === 'crash' || fate === 'garbage';
    if (fate === 'garbage') bookmarks.texts.set(projection.name, 'x'.repeat(at));
    if (died) runner = await open();
    if (fate === 'rebuild') await runner.rebuild();
    if (fate === 'drop') await runner.drop();
    if (fate !== 'none') await runner.catchUp();
  }
  await life.settle();
  await runner.catchUp();
  expect((await runner.progress()).lag).toBe(0);
  return runner.state;
}

/** On a busy machine, too. */
const TIME = { timeout: 60_000 };

const built = [everything, throughput, healthTimeline] as readonly Projection<unknown>[];

describe('a projection', () => {
  it.each(built.map((projection) => [projection.name, projection] as const))(
    'that reads %s live, through crashes and lost bookmarks, is what the log folds into',
    TIME,
    async (_name, projection) => {
      const acts = lives(['unknown-written', 'unknown-lost'], 25);
      await fc.assert(
        fc.asyncProperty(acts, fates, async (life, fatesOf) => {
          const test = await testKernel({ kinds: lifeKinds, concurrency: 3 });
          const live = await readAlong(projection, test, [...life], fatesOf);
          expect(live).toEqual(await foldOf(projection, test));
          await test.close();
        }),
        { numRuns: 15 },
      );
    },
  );

  it('follows a kernel until it is told to stop, and goes on from there', TIME, async () => {
    const rounds = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rounds, async (batches) => {
        const test = await testKernel({ kinds: lifeKinds });
        const { kernel } = test;
        const bookmarks = new MemoryBookmarks();
        let seen: readonly RecordedEvent[] = [];
        for (const size of batches) {
          const runner = await ProjectionRunner.open(everything, { source: kernelSource(kernel), bookmarks });
          expect(runner.state).toEqual(seen);
          const controller = new AbortController();
          const following = runner.follow(controller.signal);
          const commands = Array.from({ length: size }, () => ({ kind: 'echo' }));
          await kernel.enqueueAll(commands, kernel.operator);
          await test.runUntilIdle();
          controller.abort();
          await following;
          seen = runner.state;
        }
        const last = await ProjectionRunner.open(everything, { source: kernelSource(kernel), bookmarks });
        const following = last.follow();
        await test.close();
        await following;
        expect(last.state).toEqual(await test.events());
      }),
      { numRuns: 20 },
    );
  });

  it('counts the jobs that the state has, and knows how each of them went', TIME, async () => {
    await fc.assert(
      fc.asyncProperty(lives([], 25), async (acts) => {
        const test = await testKernel({ kinds: lifeKinds, concurrency: 3 });
        const life = new Life(test);
        for (const act of acts) await life.do(act);
        await test.runUntilIdle();
        const jobs = await userJobs(test);
        const { kinds } = await foldOf(throughput, test);
        const count = (what: (job: (typeof jobs)[number]) => boolean): number => jobs.filter(what).length;
        for (const { kind, submitted, attempts, succeeded } of kinds) {
          const own = (job: (typeof jobs)[number]): boolean => job.spec.kind === kind;
          expect(submitted).toBe(count(own));
          expect(succeeded).toBe(count((job) => own(job) && job.status === 'succeeded'));
          expect(attempts).toBe(jobs.filter(own).reduce((sum, { epoch }) => sum + epoch, 0));
        }
        expect(kinds.reduce((sum, { submitted }) => sum + submitted, 0)).toBe(jobs.length);
        for (const job of jobs) {
          const story = await foldOf(jobTimeline(job), test);
          expect(story).toMatchObject({ submittedAt: job.submittedAt });
          expect([story.settledAt, story.outcome]).toEqual([job.settledAt, job.outcome?.status]);
          expect(story.spans.filter(({ kind }) => kind === 'running')).toHaveLength(job.epoch);
          const open = story.spans.filter(({ to }) => to === undefined).map(({ kind }) => kind);
          // A delay that is over is told from a queue when somebody looks, and so is a wait.
          const isOver = job.status === 'queued' && (open[0] === 'delayed' || open[0] === 'waiting');
          const status = isOver ? open[0] : job.status;
          expect(open).toEqual(job.outcome === undefined ? [status] : []);
          for (const [at, span] of story.spans.entries()) {
            if (span.to !== undefined) expect(span.to).toBeGreaterThanOrEqual(span.from);
            if (at > 0) expect(span.from).toBeGreaterThanOrEqual(story.spans[at - 1]?.to ?? Infinity);
          }
        }
        await test.close();
      }),
      { numRuns: 40 },
    );
  });
});
