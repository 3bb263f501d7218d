import { isKernelError } from '@tksm/abstractions';
import type { Command, JobId, ScheduleRules, Value } from '@tksm/abstractions';
import type { AppendFault } from '@tksm/drivers-memory';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { broken, echo, flaky, handed, nap, parent, polite, stuck, waiter, writer } from './kinds.ts';

/** Kinds that a random life uses. */
export const lifeKinds = [broken, echo, flaky, handed, nap, parent, polite, stuck, waiter, writer];

/** One thing that happens to a kernel. Jobs and commands are named by small numbers, so that they meet. */
export type Act =
  | {
      readonly act: 'enqueue';
      readonly command: Command;
      readonly waitsFor: readonly number[];
      readonly id?: number;
    }
  | { readonly act: 'batch'; readonly size: number; readonly id?: number }
  | { readonly act: 'set'; readonly name: string; readonly value: number; readonly id?: number }
  | { readonly act: 'cancel' | 'retry'; readonly job: number }
  | { readonly act: 'send'; readonly job: number; readonly topic: string; readonly id?: number }
  | { readonly act: 'schedule'; readonly everyMs: number; readonly rules: ScheduleRules }
  | { readonly act: 'pause' | 'resume' | 'remove' }
  /** Something that changes the order of jobs, or what may begin. */
  | { readonly act: 'order'; readonly kind: string; readonly input: Readonly<Record<string, Value>> }
  | { readonly act: 'job.pause' | 'job.resume'; readonly job: number }
  | { readonly act: 'supervise'; readonly flags: object; readonly children: readonly object[] }
  | { readonly act: 'unsupervise'; readonly child?: string }
  | { readonly act: 'advance'; readonly ms: number }
  | { readonly act: 'fault'; readonly fault: AppendFault }
  | { readonly act: 'drain' | 'crash' };

/** A schedule of a random life ends, so that the life comes to rest. */
const SCHEDULED_MS = 60_000;

/** Children of a random life end, and their supervisors give up, so that the life comes to rest. */
const SUPERVISED_MS = 10_000;

const small = fc.nat({ max: 5 });
const maybeId = fc.option(small, { nil: undefined, freq: 3 });

const commands: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('echo'), input: fc.jsonValue({ maxDepth: 2, stringUnit: 'grapheme' }) }),
  fc.record({ kind: fc.constant('nap'), input: fc.record({ ms: fc.integer({ min: 0, max: 20_000 }) }) }),
  fc.record({
    kind: fc.constant('waiter'),
    input: fc.record({ ms: fc.nat({ max: 5_000 }), topic: fc.constantFrom('a', 'b') }),
  }),
  fc.record({ kind: fc.constant('handed'), input: fc.record({ losses: fc.nat({ max: 3 }) }) }),
  fc.record({ kind: fc.constant('flaky'), input: fc.record({ times: fc.nat({ max: 3 }) }) }),
  fc.record({ kind: fc.constantFrom('broken', 'polite', 'stuck') }),
  fc.record({
    kind: fc.constant('writer'),
    input: fc.record({ name: fc.constantFrom('a', 'b'), value: small, fails: fc.boolean() }),
  }),
  fc.record({
    kind: fc.constant('parent'),
    input: fc.record({
      kind: fc.constantFrom('echo', 'broken', 'flaky', 'stuck'),
      inputs: fc.array(fc.constant({ times: 1 }), { maxLength: 3 }),
    }),
  }),
);

const options = fc.record(
  {
    priority: fc.nat({ max: 9 }),
    timeoutMs: fc.integer({ min: 1, max: 30_000 }),
    unique: fc.constantFrom(
      { dedupKey: 'k1' },
      { dedupKey: 'k2' },
      { dedupKey: 'k1', dedupWindowMs: 9_000 },
      { debounce: { key: 'k', ms: 2_000 } },
    ),
    onDependencyFailure: fc.constantFrom('cancel', 'run', 'hold'),
    retry: fc.record({ maxAttempts: fc.integer({ min: 1, max: 3 }), initialDelayMs: fc.nat({ max: 5_000 }) }),
    deadlineIn: fc.integer({ min: 1, max: 60_000 }),
    delay: fc.nat({ max: 10_000 }),
    origin: fc.constantFrom('a', 'b'),
    agent: fc.constantFrom('x', 'y'),
    pool: fc.constant('p'),
  },
  { requiredKeys: [] },
);

const rules: fc.Arbitrary<ScheduleRules> = fc.record(
  {
    limit: fc.integer({ min: 1, max: 5 }),
    jitterMs: fc.nat({ max: 2_000 }),
    misfire: fc.constantFrom('skip', 'once', 'all'),
    overlap: fc.constantFrom('allow', 'skip', 'queue-one'),
  },
  { requiredKeys: [] },
);

const orders = fc.oneof(
  fc.constantFrom('pause', 'resume').map((verb) => ({ kind: `kind.${verb}`, input: { kind: 'echo' } })),
  fc.constantFrom('pause', 'resume').map((verb) => ({ kind: `pool.${verb}`, input: { pool: 'p' } })),
  fc.constantFrom('fair', 'fifo', 'priority', 'round-robin', 'deadline').map((value) => ({
    kind: 'var.set',
    input: { name: 'tksm.scheduler.policy', value },
  })),
  fc.constantFrom(1, 2).map((concurrency) => ({
    kind: 'var.set',
    input: { name: 'tksm.pool.p', value: { concurrency } },
  })),
);
const supervised = fc.record({
  flags: fc.record({
    strategy: fc.constantFrom('one-for-one', 'one-for-all', 'rest-for-one'),
    intensity: fc.nat({ max: 2 }),
    periodMs: fc.constant(86_400_000),
  }),
  children: fc.array(
    fc.record({
      kind: fc.constantFrom('broken', 'echo', 'polite', 'stuck'),
      restart: fc.constantFrom('permanent', 'transient', 'temporary'),
      nested: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
});

/** Child `c0` and so on; a nested one is the only child of a supervisor. */
function childInput(
  { kind, restart, nested }: { readonly kind: string; readonly restart: string; readonly nested: boolean },
  index: number,
): object {
  const child = { id: `c${index}`, kind, restart, timeoutMs: SUPERVISED_MS };
  return nested
    ? { id: `c${index}`, restart, supervisor: { intensity: 0, periodMs: 86_400_000, children: [child] } }
    : child;
}

const supervisorActs: readonly { readonly weight: number; readonly arbitrary: fc.Arbitrary<Act> }[] = [
  {
    weight: 1,
    arbitrary: supervised.map(({ flags, children }) => ({
      ...{ act: 'supervise' as const, flags, children: children.map(childInput) },
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom({}, { child: 'c0' }, { child: 'c1' })
      .map((which) => ({ act: 'unsupervise' as const, ...which })),
  },
];

const act = (faults: readonly AppendFault[]): fc.Arbitrary<Act> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(commands, options, fc.array(small, { maxLength: 2 }), maybeId)
        .map(([command, { unique, ...rest }, waitsFor, id]) => ({
          act: 'enqueue' as const,
          command: { ...command, ...rest, ...unique },
          waitsFor,
          ...named(id),
        })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(small, maybeId)
        .map(([size, id]) => ({ act: 'batch' as const, size, ...named(id) })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('a', 'b'), small, maybeId)
        .map(([name, value, id]) => ({ act: 'set' as const, name, value, ...named(id) })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: 1_000, max: 9_000 }), rules)
        .map(([everyMs, given]) => ({ act: 'schedule' as const, everyMs, rules: given })),
    },
    ...supervisorActs,
    { weight: 1, arbitrary: fc.constantFrom('pause', 'resume', 'remove').map((what) => ({ act: what })) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom('cancel', 'retry'), small)
        .map(([what, job]) => ({ act: what, job })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(small, fc.constantFrom('a', 'b'), maybeId)
        .map(([job, topic, id]) => ({ act: 'send' as const, job, topic, ...named(id) })),
    },
    { weight: 2, arbitrary: orders.map((order) => ({ act: 'order' as const, ...order })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('job.pause', 'job.resume'), small)
        .map(([what, job]) => ({ act: what, job })),
    },
    {
      weight: 4,
      arbitrary: fc.integer({ min: 0, max: 15_000 }).map((ms) => ({ act: 'advance' as const, ms })),
    },
    { weight: 2, arbitrary: fc.constant({ act: 'crash' as const }) },
    { weight: 1, arbitrary: fc.constant({ act: 'drain' as const }) },
    ...(faults.length === 0
      ? []
      : [
          {
            weight: 3,
            arbitrary: fc.constantFrom(...faults).map((fault) => ({ act: 'fault' as const, fault })),
          },
        ]),
  );

/** A sequence of acts. */
export function lives(faults: readonly AppendFault[] = [], maxLength = 30): fc.Arbitrary<readonly Act[]> {
  return fc.array(act(faults), { minLength: 1, maxLength, size: 'max' });
}

function named(id: number | undefined): { readonly id?: number } {
  return id === undefined ? {} : { id };
}

/** What a life has done so far. */
export class Life {
  readonly test: TestKernel;
  /** Jobs whose submission was acknowledged, in order. */
  readonly acknowledged: JobId[] = [];
  /** First answer to each command id. */
  readonly answers = new Map<string, unknown>();

  constructor(test: TestKernel) {
    this.test = test;
  }

  /** Does one thing. Refusals that name their reason are part of life; an answer that changes is not. */
  async do(one: Act): Promise<void> {
    try {
      await this.#do(one);
    } catch (error) {
      if (!isKernelError(error) || error.code === 'Internal' || error.code === 'LogDamaged') throw error;
    }
  }

  async #do(one: Act): Promise<void> {
    const { test } = this;
    switch (one.act) {
      case 'enqueue':
        await this.#enqueue(one);
        break;
      case 'batch':
        await this.#batch(one);
        break;
      case 'set': {
        const id = one.id === undefined ? {} : { id: `set-${one.id}` };
        const receipt = await test.perform({
          kind: 'var.set',
          input: { name: one.name, value: one.value },
          ...id,
        });
        this.#answered(id.id, receipt);
        break;
      }
      case 'cancel':
      case 'retry':
        await test.perform({ kind: `job.${one.act}`, input: { job: this.#job(one.job) } });
        break;
      case 'send': {
        const id = one.id === undefined ? {} : { id: `send-${one.id}` };
        const input = { job: this.#job(one.job), topic: one.topic, body: one.job };
        this.#answered(id.id, await test.perform({ kind: 'inbox.send', input, ...id }));
        break;
      }
      case 'schedule': {
        const { everyMs, rules: given } = one;
        const job = { kind: 'nap', input: { ms: 3_000 } };
        const until = test.clock.now() + SCHEDULED_MS;
        await test.perform({ kind: 'schedule.set', input: { name: 's', job, everyMs, until, ...given } });
        break;
      }
      case 'pause':
      case 'resume':
      case 'remove':
        await test.perform({ kind: `schedule.${one.act}`, input: { name: 's' } });
        break;
      case 'order':
        await test.perform({ kind: one.kind, input: one.input });
        break;
      case 'job.pause':
      case 'job.resume':
        await test.perform({ kind: one.act, input: { job: this.#job(one.job) } });
        break;
      case 'supervise': {
        const input = { id: 'top', ...one.flags, children: one.children };
        await test.perform({ kind: 'supervisor.start', input });
        break;
      }
      case 'unsupervise':
        await this.#unsupervise(one.child);
        break;
      case 'advance':
        await test.advance(one.ms);
        break;
      case 'fault':
        test.log.failNext(one.fault);
        break;
      case 'drain':
        await test.drain();
        await this.crash();
        break;
      case 'crash':
        await this.crash();
    }
  }

  async #unsupervise(child: string | undefined): Promise<void> {
    const kind = child === undefined ? 'supervisor.stop' : 'supervisor.child.stop';
    await this.test.perform({ kind, input: { supervisor: 'top', ...(child !== undefined && { child }) } });
  }

  /** Lets the faults that are left happen, and the kernel recover from them; then nothing is paused any more. */
  async settle(): Promise<void> {
    for (let settled = false; !settled;) {
      settled = await this.test.perform({ kind: 'var.set', input: { name: 'settled', value: true } }).then(
        () => true,
        () => false,
      );
      await this.test.advance(60_000);
    }
    await this.do({ act: 'order', kind: 'kind.resume', input: { kind: 'echo' } });
    await this.do({ act: 'order', kind: 'pool.resume', input: { pool: 'p' } });
    await this.test.advance(60_000);
  }

  /** Crashes and starts again; once more when the log fails while it boots. */
  async crash(): Promise<void> {
    try {
      await this.test.restart();
    } catch (error) {
      if (!isKernelError(error, 'OutcomeUnknown')) throw error;
      await this.crash();
    }
  }

  async #enqueue({ command, waitsFor, id }: Extract<Act, { act: 'enqueue' }>): Promise<void> {
    const { deadlineIn, delay, ...rest } = command as Command & { deadlineIn?: number; delay?: number };
    const now = this.test.clock.now();
    const cmd = id === undefined ? undefined : `job-${id}`;
    const { job } = await this.test.enqueue({
      ...rest,
      ...(deadlineIn !== undefined && { deadline: now + deadlineIn }),
      ...(delay !== undefined && { notBefore: now + delay }),
      ...(cmd !== undefined && { id: cmd }),
      dependsOn:
        this.acknowledged.length === 0 ? [] : [...new Set(waitsFor.map((number) => this.#job(number)))],
    });
    this.acknowledged.push(job);
    this.#answered(cmd, job);
  }

  async #batch({ size, id }: Extract<Act, { act: 'batch' }>): Promise<void> {
    const { kernel } = this.test;
    const batch = Array.from({ length: size }, (_, n) => ({
      kind: n % 2 === 0 ? 'flaky' : 'echo',
      input: { times: 1 },
      name: `n${n}`,
      dependsOn: n === 0 ? [] : [{ name: `n${n - 1}` }],
    }));
    const options = id === undefined ? {} : { id: `batch-${id}` };
    const receipts = await kernel.enqueueAll(batch, kernel.operator, options);
    this.acknowledged.push(...receipts.map(({ job }) => job));
  }

  /** A job by a small number; one that does not exist as long as there is none. */
  #job(number: number): JobId {
    const { acknowledged } = this;
    return (
      acknowledged[acknowledged.length - 1 - (number % Math.max(1, acknowledged.length))] ??
      ('0'.repeat(32) as JobId)
    );
  }

  #answered(id: string | undefined, answer: unknown): void {
    if (id === undefined) return;
    const first = this.answers.get(id);
    if (first === undefined) this.answers.set(id, answer);
    else if (JSON.stringify(first) !== JSON.stringify(answer)) {
      throw new Error(`command ${id} was answered ${JSON.stringify(first)}, then ${JSON.stringify(answer)}`);
    }
  }
}
