import { handleId, isBefore, kindName } from '@tksm/abstractions';
import type { JobId, JobSpec } from '@tksm/abstractions';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JobState } from '../state/job-state.ts';
import { Dispatcher } from './dispatcher.ts';
import type { DispatcherSettings } from './dispatcher.ts';
import type { Gate } from './gates/gate.ts';
import { holdsLane } from './lanes/holds-lane.ts';
import { BUILT_IN_POLICIES } from './policies/built-in.ts';
import { QueuedJob } from './queued-job.ts';

/** A quota of each origin, as admission has one: any gate that counts. */
class Quota implements Gate {
  readonly name = 'quota';
  readonly running = new Map<string, Set<JobId>>();
  most = 2;

  keyOf({ spec }: JobState): string | undefined {
    return spec.origin;
  }

  room(origin: string): number {
    return this.most - (this.running.get(origin)?.size ?? 0);
  }

  reason(): string {
    return 'its origin has no room';
  }

  leased({ id, spec: { origin } }: JobState): void {
    if (origin !== undefined) this.running.set(origin, (this.running.get(origin) ?? new Set()).add(id));
  }

  freed({ id, spec: { origin = '' } }: JobState): void {
    this.running.get(origin)?.delete(id);
  }
}

const POOLS = new Map([
  ['mail', { concurrency: 1, own: false }],
  ['gpu', { concurrency: 2, own: true }],
]);
const OPEN: DispatcherSettings = { concurrency: 3, pools: POOLS };

/** A dispatcher beside a plain list of what is ready and what runs. */
class Scene {
  readonly quota = new Quota();
  readonly ready = new Set<JobState>();
  readonly running = new Set<JobState>();
  /** To be tried again when time goes on. */
  readonly delayed = new Set<JobState>();
  readonly jobs: JobState[] = [];
  readonly dispatcher: Dispatcher;
  settings: DispatcherSettings = OPEN;
  labels: readonly string[] = [];
  hasQuota = false;
  now = 1_000;

  constructor() {
    this.dispatcher = new Dispatcher(OPEN);
  }

  submit(spec: Partial<JobSpec>): void {
    const n = this.jobs.length;
    const id = n.toString(16).padStart(32, '0') as JobId;
    const job = new JobState(
      ...([
        id,
        { kind: kindName('k'), version: 1, input: null, ...spec },
        handleId('operator'),
        this.now,
        n,
      ] as const),
    );
    this.jobs.push(job);
    this.wake(job);
  }

  wake(job: JobState): void {
    this.delayed.delete(job);
    this.ready.add(job);
    this.dispatcher.add(job, this.now);
  }

  lease(): JobState | undefined {
    const job = this.dispatcher.next(this.now);
    if (job === undefined) return undefined;
    expect(this.ready.has(job)).toBe(true);
    expect(this.mayGo(job)).toBe(true);
    this.ready.delete(job);
    job.epoch += 1;
    job.retryAt = undefined;
    job.lease = { epoch: job.epoch, worker: 'w', startedAt: this.now, until: this.now + 1 };
    this.running.add(job);
    this.dispatcher.leased(job);
    return job;
  }

  end(job: JobState, how: 'succeeded' | 'retried' | 'interrupted'): void {
    this.running.delete(job);
    job.lease = undefined;
    if (how === 'succeeded') job.outcome = { status: 'succeeded', output: null };
    if (how === 'retried') job.retryAt = this.now + 5;
    if (how === 'interrupted') job.interruptions += 1;
    this.dispatcher.freed(job, this.now);
    if (how === 'interrupted') this.wake(job);
    if (how === 'retried') this.delayed.add(job);
  }

  cancel(job: JobState): void {
    job.outcome = { status: 'cancelled', error: { code: 'Cancelled', message: '' } };
    this.delayed.delete(job);
    this.ready.delete(job);
    this.dispatcher.remove(job, this.now);
    this.dispatcher.freed(job, this.now);
  }

  configure(settings: Partial<DispatcherSettings>): void {
    this.settings = { ...this.settings, ...settings };
    this.dispatcher.configure(this.settings);
  }

  label(labels: readonly string[]): void {
    this.labels = labels;
    this.dispatcher.workforce.set('w', labels);
  }

  limit(most: number | undefined): void {
    this.hasQuota = most !== undefined;
    if (most === undefined) {
      this.dispatcher.drop(this.quota);
      return;
    }
    this.quota.most = most;
    this.quota.running.clear();
    this.dispatcher.drop(this.quota);
    this.dispatcher.use(this.quota);
  }

  /** Whether nothing but its lane stands in the way of a ready job. */
  isFree(job: JobState): boolean {
    const { kind, origin, affinity } = job.spec;
    const { pausedKinds, pausedPools } = this.settings;
    const pool = poolOf(job);
    if (pausedKinds?.has(kind) === true || pausedPools?.has(pool) === true) return false;
    if (affinity?.require?.some((label) => !this.labels.includes(label)) === true) return false;
    const beside = [...this.running].filter((other) => other.spec.origin === origin).length;
    if (this.hasQuota && origin !== undefined && beside >= this.quota.most) return false;
    const inPool = [...this.running].filter((other) => poolOf(other) === pool).length;
    const most = POOLS.get(pool)?.concurrency ?? this.settings.concurrency;
    const shared = [...this.running].filter((other) => poolOf(other) !== 'gpu').length;
    return inPool < most && (pool === 'gpu' || shared < this.settings.concurrency);
  }

  mayGo(job: JobState): boolean {
    const { agent } = job.spec;
    if (!this.isFree(job)) return false;
    const holder = this.jobs.find(
      (other) => other.spec.agent === agent && agent !== undefined && holdsLane(other, () => false),
    );
    return holder === undefined || holder === job;
  }

  /** A job that surely could run now: if it has a lane, whichever job of it comes first could. */
  stuck(): JobState | undefined {
    return [...this.ready].find((job) => {
      const lane = [...this.ready].filter((other) => other.spec.agent === job.spec.agent);
      return this.mayGo(job) && (job.spec.agent === undefined || lane.every((other) => this.isFree(other)));
    });
  }
}

function poolOf({ spec }: JobState): string {
  return spec.pool ?? (spec.claims?.[0] === 'gpu:any' ? 'gpu' : 'default');
}

const maybe = <T>(...choices: readonly T[]): fc.Arbitrary<T | undefined> =>
  fc.constantFrom<T | undefined>(undefined, undefined, ...choices);
const spec = fc
  .record({
    kind: fc.constantFrom(kindName('k'), kindName('l')),
    priority: maybe(0, 9),
    origin: maybe('a', 'b'),
    agent: maybe('x', 'y'),
    pool: maybe('mail', 'other'),
    claims: maybe(['gpu:any']),
    affinity: maybe({ require: ['red'] }, { require: ['red', 'fast'] }, { prefer: ['red'] }),
  })
  .map((drawn) => Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)));
const paused = (...names: readonly string[]) => new Map(names.map((name) => [name, { reason: '' }]));
const change: fc.Arbitrary<(scene: Scene) => void> = fc.oneof(
  fc.constantFrom(...BUILT_IN_POLICIES).map((policy) => (scene: Scene) => {
    scene.configure({ policy });
  }),
  fc.constantFrom(paused(), paused('k'), paused('k', 'l')).map((pausedKinds) => (scene: Scene) => {
    scene.configure({ pausedKinds });
  }),
  fc.constantFrom(paused(), paused('mail'), paused('default')).map((pausedPools) => (scene: Scene) => {
    scene.configure({ pausedPools });
  }),
  fc.constantFrom(1, 3, 5).map((concurrency) => (scene: Scene) => {
    scene.configure({ concurrency });
  }),
  fc.constantFrom([], ['red'], ['red', 'fast']).map((labels) => (scene: Scene) => {
    scene.label(labels);
  }),
  fc.constantFrom(undefined, 1, 2).map((most) => (scene: Scene) => {
    scene.limit(most);
  }),
);
const pick = <T>(set: ReadonlySet<T>, at: number): T | undefined => [...set][at % Math.max(1, set.size)];
const act: fc.Arbitrary<(scene: Scene) => void> = fc.oneof(
  {
    weight: 6,
    arbitrary: spec.map((drawn) => (scene: Scene) => {
      scene.submit(drawn);
    }),
  },
  {
    weight: 6,
    arbitrary: fc.nat({ max: 3 }).map((most) => (scene: Scene) => {
      for (let n = 0; n <= most; n++) scene.lease();
    }),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.nat(), fc.constantFrom('succeeded', 'succeeded', 'retried', 'interrupted'))
      .map(([at, how]) => (scene: Scene) => {
        const job = pick(scene.running, at);
        if (job !== undefined) scene.end(job, how);
      }),
  },
  {
    weight: 1,
    arbitrary: fc.nat().map((at) => (scene: Scene) => {
      const job = pick(new Set([...scene.ready, ...scene.delayed]), at);
      if (job !== undefined) scene.cancel(job);
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constant((scene: Scene) => {
      scene.now += 10;
      for (const job of scene.delayed) scene.wake(job);
    }),
  },
  { weight: 2, arbitrary: change },
);

it('gives no job that may not run, any that may, and each in the end, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80, size: 'max' }), (acts) => {
      const scene = new Scene();
      for (const step of acts) {
        step(scene);
        // What is nearly always done after each event: give free slots away.
        if (acts.length % 2 === 0) while (scene.lease() !== undefined);
        if (acts.length % 2 === 0) expect(scene.stuck()).toBeUndefined();
        expect(scene.dispatcher.ready).toBe(scene.ready.size);
        expect(scene.dispatcher.running.size).toBe(scene.running.size);
      }
      scene.limit(undefined);
      scene.label(['red', 'fast']);
      scene.configure({ pausedKinds: paused(), pausedPools: paused(), concurrency: 3 });
      for (const job of scene.delayed) scene.wake(job);
      for (let left = scene.jobs.length * 2; left > 0; left--) {
        scene.lease();
        const [job] = scene.running;
        if (job !== undefined) scene.end(job, 'succeeded');
      }
      expect([...scene.ready, ...scene.running]).toEqual([]);
      expect(scene.dispatcher.fault).toBeUndefined();
    }),
    { numRuns: 400 },
  );
});

it('gives the jobs of an agent one at a time, in order, whatever their priority', () => {
  const scene = new Scene();
  for (const priority of [0, 9, 5, 9]) scene.submit({ agent: 'x', priority });
  scene.submit({ priority: 0 });
  const order: number[] = [];
  for (let n = 0; n < 10; n++) {
    const job = scene.lease();
    if (job !== undefined) order.push(job.position);
    const [first] = [...scene.running].filter(({ spec: { agent } }) => agent === 'x');
    // The second one fails once, and is tried again before the third begins.
    if (first !== undefined)
      scene.end(first, first.position === 1 && first.epoch === 1 ? 'retried' : 'succeeded');
    scene.now += 10;
    for (const again of scene.delayed) scene.wake(again);
  }
  expect(order.filter((position) => position !== 4)).toEqual([0, 1, 1, 2, 3]);
});

it('says which gate holds a job back, and why', () => {
  const scene = new Scene();
  scene.configure({ pausedKinds: new Map([['l', { reason: 'maintenance' }]]) });
  scene.submit({ kind: kindName('l') });
  scene.submit({ affinity: { require: ['gpu', 'fast'] } });
  expect(scene.lease()).toBeUndefined();
  expect(scene.jobs.map((job) => scene.dispatcher.heldBack(job)?.reason)).toEqual([
    'kind l is paused: maintenance',
    'it needs a worker with the labels gpu, fast',
  ]);
  scene.label(['fast', 'gpu']);
  expect(scene.lease()).toBe(scene.jobs[1]);
});

it('puts a job that was held back where it stood', () => {
  const scene = new Scene();
  scene.configure({ concurrency: 1, pausedKinds: paused('l') });
  scene.submit({ kind: kindName('l') });
  scene.submit({});
  scene.submit({});
  expect(scene.lease()?.position).toBe(1);
  scene.configure({ pausedKinds: paused() });
  const [running] = scene.running;
  if (running !== undefined) scene.end(running, 'succeeded');
  expect(scene.lease()?.position).toBe(0);
  const [one, other] = scene.jobs.map((job) => new QueuedJob(job, false));
  expect(one !== undefined && other !== undefined && isBefore(one, other)).toBe(true);
});

it('lets the next job through when the one before it comes to another gate', () => {
  const scene = new Scene();
  scene.limit(1);
  for (const kind of ['k', 'l', 'k']) scene.submit({ kind: kindName(kind), origin: 'a' });
  expect([scene.lease()?.position, scene.lease()]).toEqual([0, undefined]);
  scene.configure({ pausedKinds: paused('l') });
  for (const job of scene.running) scene.end(job, 'succeeded');
  expect(scene.lease()?.position).toBe(2);
});
