import type { JobId, SupervisorRecord } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, Puppets } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawnScript } from './otp/draw-scripts.ts';
import { ScriptRunner } from './otp/script-runner.ts';

/** A kernel with puppets under supervision. */
class Stage {
  readonly puppets: Puppets;
  readonly test: TestKernel;

  private constructor(test: TestKernel, puppets: Puppets) {
    this.test = test;
    this.puppets = puppets;
  }

  static async open(): Promise<Stage> {
    const puppets = new Puppets();
    return new Stage(await testKernel({ kinds: [puppets.kind] }), puppets);
  }

  async perform(kind: string, input: object): Promise<void> {
    await this.test.perform({ kind, input });
    await this.test.runUntilIdle();
  }

  start(flags: object, ...children: readonly object[]): Promise<void> {
    const given = children.map((child) => ('supervisor' in child ? child : { kind: 'puppet', ...child }));
    return this.perform('supervisor.start', { id: 'top', ...flags, children: given });
  }

  supervisor(id = 'top'): Promise<SupervisorRecord | undefined> {
    return this.test.kernel.read((state) => state.supervisors.get(id));
  }

  async job(child: string, supervisor = 'top'): Promise<JobId> {
    const found = await this.supervisor(supervisor);
    const job = found?.children.find(({ spec }) => spec.id === child)?.run?.job;
    if (job === undefined) throw new Error(`child ${child} does not run`);
    return job;
  }

  async end(child: string, how: 'normal' | 'abnormal', supervisor?: string): Promise<void> {
    this.puppets.end(await this.job(child, supervisor), how);
    await this.test.runUntilIdle();
  }

  /** How often each child was started; 0 for one that does not run. */
  async starts(id?: string): Promise<Readonly<Record<string, number>>> {
    const { children = [] } = (await this.supervisor(id)) ?? {};
    return Object.fromEntries(
      children.map(({ spec, starts, run }) => [spec.id, run === undefined ? 0 : starts]),
    );
  }
}

async function staged(body: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await Stage.open();
  await body(stage);
  await stage.test.close();
}

const many = { intensity: 9 };
const [a, b, c] = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];

describe('a supervisor', () => {
  it.each([
    ['one-for-one', { a: 1, b: 2, c: 1 }],
    ['one-for-all', { a: 2, b: 2, c: 2 }],
    ['rest-for-one', { a: 1, b: 2, c: 2 }],
  ])('restarts by its strategy: %s', (strategy, starts) =>
    staged(async (stage) => {
      await stage.start({ ...many, strategy }, a, b, c);
      expect(await stage.starts()).toEqual({ a: 1, b: 1, c: 1 });
      await stage.end('b', 'abnormal');
      expect(await stage.starts()).toEqual(starts);
    }),
  );

  it('goes on where it was after a crash, with its restarts and what it had under way', () =>
    staged(async (stage) => {
      const [first, slow, last] = [a, { id: 'b', input: { stubborn: true } }, c];
      await stage.start({ strategy: 'one-for-all', intensity: 1, periodMs: 60_000 }, first, slow, last);
      await stage.end('a', 'abnormal');
      expect(await stage.supervisor()).toMatchObject({ plan: { stop: ['b'], start: ['a', 'b', 'c'] } });
      await stage.test.restart();
      await stage.test.runUntilIdle();
      expect(await stage.starts()).toEqual({ a: 2, b: 2, c: 2 });
      await stage.test.restart();
      await stage.test.advance(30_000);
      expect(await stage.starts()).toEqual({ a: 2, b: 2, c: 2 });
      await stage.end('c', 'abnormal');
      expect((await stage.supervisor())?.plan).toMatchObject({ end: 'intensity' });
      await stage.test.restart();
      await stage.test.runUntilIdle();
      expect((await stage.supervisor())?.ended).toMatchObject({ why: 'intensity' });
      expect(await stage.starts()).toEqual({ a: 0, b: 0, c: 0 });
    }));

  it('does the same whether or not the process dies after each step', async () => {
    // One that is told to stop when its process dies has stopped: only workers that stop at once are the same.
    const quick = drawnScript.filter((script) => !JSON.stringify(script.tree).includes('"slow"'));
    await fc.assert(
      fc.asyncProperty(quick, async (script) => {
        expect(await ScriptRunner.run(script, true)).toEqual(await ScriptRunner.run(script));
      }),
      { numRuns: 25 },
    );
  });

  it('counts an interruption by a drain or the end of its process as no end of a child', () =>
    staged(async (stage) => {
      await stage.start({}, a);
      const job = await stage.job('a');
      await stage.test.drain();
      await stage.test.restart();
      await stage.test.runUntilIdle();
      expect(await stage.job('a')).toBe(job);
      expect(await stage.test.job(job)).toMatchObject({ status: 'running', interruptions: 1 });
    }));

  it('forgets restarts that are older than its period', () =>
    staged(async (stage) => {
      await stage.start({ intensity: 1, periodMs: 10_000 }, a);
      await stage.end('a', 'abnormal');
      await stage.test.advance(10_001);
      await stage.end('a', 'abnormal');
      expect(await stage.starts()).toEqual({ a: 3 });
      await stage.test.advance(10_000);
      await stage.end('a', 'abnormal');
      expect(await stage.supervisor()).toMatchObject({ ended: { why: 'intensity' } });
      expect(stage.test.kernel.health()).toMatchObject({ status: 'degraded' });
      await stage.perform('supervisor.start', { id: 'top', children: [] });
      expect(stage.test.kernel.health()).toMatchObject({ status: 'ok' });
    }));

  it('takes the lease of a child that does not stop in its time', () =>
    staged(async (stage) => {
      await stage.start(many, { ...a, input: { stubborn: true }, shutdownMs: 700 });
      const job = await stage.job('a');
      await stage.perform('supervisor.stop', { supervisor: 'top' });
      expect((await stage.test.job(job)).status).toBe('running');
      await stage.test.advance(700);
      expect((await stage.test.job(job)).status).toBe('cancelled');
      expect(await stage.supervisor()).toBeUndefined();
    }));

  it('makes one attempt of a child, unless it is told otherwise, and lets it run long', () =>
    staged(async (stage) => {
      await stage.start(many, a, { ...b, retry: { maxAttempts: 2 }, timeoutMs: 1_000 });
      await stage.test.advance(1_000);
      const [first, second] = [await stage.job('a'), await stage.job('b')];
      expect(await stage.test.job(first)).toMatchObject({ status: 'running', attempts: 0 });
      expect(await stage.test.job(second)).toMatchObject({ status: 'delayed', attempts: 1 });
    }));

  it('stops a child with its family, however large that is', async () => {
    const fan = defineKind<number, null>({
      name: 'fan',
      childPolicy: 'await',
      run: (count, context) => {
        for (let n = 0; n < count; n++) context.submit({ kind: 'leaf', notBefore: 9e12 });
        return null;
      },
    });
    const test = await testKernel({ kinds: [fan, defineKind({ name: 'leaf', run: () => null })] });
    // The reason names the supervisor: what these are told is more than fits into one frame.
    const under = (levels: number): object =>
      levels === 0
        ? { id: 'a', kind: 'fan', input: 9_000 }
        : { id: 'x'.repeat(64), supervisor: { children: [under(levels - 1)] } };
    await test.perform({ kind: 'supervisor.start', input: { id: 'top', children: [under(15)] } });
    await test.runUntilIdle();
    await test.perform({ kind: 'supervisor.stop', input: { supervisor: 'top' } });
    await test.runUntilIdle();
    const [{ cancelled, delayed }, left] = await test.kernel.read((state) => [
      state.jobs.counts(),
      state.supervisors.get('top'),
    ]);
    expect([cancelled, delayed, left]).toEqual([9_001, 0, undefined]);
    await test.close();
  });

  it('refuses that one of its jobs is retried behind its back', () =>
    staged(async (stage) => {
      await stage.start(many, a);
      const job = await stage.job('a');
      await stage.end('a', 'abnormal');
      expect(await codeOf(stage.test.perform({ kind: 'job.retry', input: { job } }))).toBe(
        'InvalidOperation',
      );
    }));

  it('holds a child whose code is gone, and goes on when it is back', () =>
    staged(async (stage) => {
      await stage.start(many, a);
      const job = await stage.job('a');
      await stage.test.restart({ kinds: [] });
      await stage.test.runUntilIdle();
      expect((await stage.test.job(job)).status).toBe('held');
      await stage.test.restart({ kinds: [stage.puppets.kind] });
      await stage.perform('job.retry', { job });
      expect((await stage.test.job(job)).status).toBe('running');
    }));
});

describe('children', () => {
  it('come, stop, start again and go while it runs', () =>
    staged(async (stage) => {
      await stage.start(many, a);
      const child = (kind: string, id: string): Promise<void> =>
        stage.perform(`supervisor.child.${kind}`, { supervisor: 'top', child: id });
      await stage.perform('supervisor.child.start', {
        supervisor: 'top',
        child: { id: 'b', kind: 'puppet' },
      });
      expect(await stage.starts()).toEqual({ a: 1, b: 1 });
      expect(await codeOf(child('restart', 'b'))).toBe('InvalidOperation');
      expect(await codeOf(child('delete', 'b'))).toBe('InvalidOperation');
      await child('stop', 'b');
      await child('stop', 'b');
      expect(await stage.starts()).toEqual({ a: 1, b: 0 });
      await child('restart', 'b');
      expect(await stage.starts()).toEqual({ a: 1, b: 2 });
      await child('stop', 'b');
      await child('delete', 'b');
      expect(await stage.starts()).toEqual({ a: 1 });
      expect(await codeOf(child('stop', 'b'))).toBe('SupervisorNotFound');
    }));

  it('have jobs of their own when they come anew under the id of one that is gone', () =>
    staged(async (stage) => {
      await stage.start(many, a);
      const jobs: JobId[] = [];
      for (let n = 0; n < 3; n++) {
        const child = { id: 'b', kind: 'puppet', restart: 'temporary' };
        await stage.perform('supervisor.child.start', { supervisor: 'top', child });
        jobs.push(await stage.job('b'));
        await stage.end('b', 'normal');
      }
      expect(new Set(jobs).size).toBe(3);
      for (const job of jobs) expect((await stage.test.job(job)).status).toBe('succeeded');
    }));

  it('say what their jobs need, and whose slots they run in', () =>
    staged(async (stage) => {
      await stage.start(many, { ...a, resources: ['bank'], pool: 'io' });
      expect((await stage.test.job(await stage.job('a'))).spec).toMatchObject({
        ...{ resources: ['bank'], pool: 'io' },
      });
    }));

  it('are no more, and no deeper, than a supervisor might have been started with', () =>
    staged(async (stage) => {
      const worker = (id: string): object => ({ id, kind: 'puppet' });
      const tree = (levels: number): object =>
        levels === 0 ? worker('in') : { id: 'in', supervisor: { children: [tree(levels - 1)] } };
      const family = (id: string, size: number): object => ({
        ...{ id, supervisor: { children: Array.from({ length: size }, (_, n) => worker(`c${n}`)) } },
      });
      const add = (child: object, supervisor = 'top'): Promise<string> =>
        codeOf(stage.perform('supervisor.child.start', { supervisor, child }));
      await stage.start(many, tree(15));
      const path = (levels: number): string => `top${'/in'.repeat(levels)}`;
      expect(await add(family('deeper', 1), path(15))).toBe('InvalidOperation');
      expect(await add(family('deep', 1), path(14))).toBe('resolved');
      // 18 are there.
      expect(await add(family('large', 982))).toBe('InvalidOperation');
      expect(await add(family('large', 981))).toBe('resolved');
      expect(await add(worker('last'), 'top/large')).toBe('InvalidOperation');
    }));

  it('are left alone while it has something under way', () =>
    staged(async (stage) => {
      await stage.start(many, { ...a, input: { stubborn: true } }, b);
      const job = await stage.job('a');
      const stop = { supervisor: 'top', child: 'a' };
      await stage.perform('supervisor.child.stop', stop);
      expect(await codeOf(stage.perform('supervisor.child.stop', { ...stop, child: 'b' }))).toBe(
        'SupervisorBusy',
      );
      stage.puppets.letGo(job);
      await stage.test.runUntilIdle();
      await stage.perform('supervisor.child.stop', { ...stop, child: 'b' });
      expect(await stage.starts()).toEqual({ a: 0, b: 0 });
    }));
});

describe('bad input', () => {
  const refused = async (input: object): Promise<string> => {
    const stage = await Stage.open();
    const code = await codeOf(stage.perform('supervisor.start', { id: 'top', children: [], ...input }));
    await stage.test.close();
    return code;
  };
  const worker = { id: 'a', kind: 'puppet' };

  it.each([
    ['an unknown strategy', { strategy: 'one-for-none' }],
    ['a negative intensity', { intensity: -1 }],
    ['an intensity that is no whole number', { intensity: 1.5 }],
    ['an intensity without bound', { intensity: 1e9 }],
    ['no period', { periodMs: 0 }],
    ['an unknown field', { intensty: 3 }],
    ['an id with a slash', { id: 'top/a' }],
    ['an unknown restart', { children: [{ ...worker, restart: 'always' }] }],
    [
      'a significant child without automatic shutdown',
      { children: [{ ...worker, restart: 'transient', significant: true }] },
    ],
    [
      'a significant child that is permanent',
      { autoShutdown: 'any-significant', children: [{ ...worker, significant: true }] },
    ],
    ['a time to stop for a supervisor', { children: [{ id: 'a', supervisor: {}, shutdownMs: 5 }] }],
    ['a supervisor that is nowhere', { children: [{ id: 'a', supervisor: 'b' }] }],
    [
      'more children than there may be',
      { children: Array.from({ length: 1_001 }, (_, n) => ({ ...worker, id: `c${n}` })) },
    ],
  ])('refuses %s', async (_what, input) => {
    expect(await refused(input)).toBe('InvalidSpec');
  });

  it('refuses children of one name, unknown kinds, and an id that is taken', async () => {
    expect(await refused({ children: [worker, worker] })).toBe('DuplicateId');
    expect(await refused({ children: [{ id: 'a', kind: 'nothing' }] })).toBe('UnsupportedOperation');
    await staged(async (stage) => {
      await stage.start({}, a);
      expect(await codeOf(stage.start({}, a))).toBe('SupervisorExists');
    });
  });

  it('refuses supervisors within themselves, and names the cycle', async () => {
    const within = (name: string): object => ({ children: [{ id: 'in', supervisor: name }] });
    await staged(async (stage) => {
      const input = { id: 'top', ...within('x'), supervisors: { x: within('y'), y: within('x') } };
      await expect(stage.perform('supervisor.start', input)).rejects.toMatchObject({
        code: 'SupervisorCycle',
        data: { cycle: ['x', 'y', 'x'] },
      });
      const ring: { children: object[] } = { children: [] };
      ring.children.push({ id: 'in', supervisor: ring });
      expect(await codeOf(stage.perform('supervisor.start', { id: 'top', ...ring }))).toBe('InvalidValue');
      const deep = (levels: number): object =>
        levels === 0 ? {} : { children: [{ id: 'in', supervisor: deep(levels - 1) }] };
      expect(await codeOf(stage.perform('supervisor.start', { id: 'top', ...deep(16) }))).toBe('InvalidSpec');
      expect(await codeOf(stage.perform('supervisor.start', { id: 'top', ...deep(15) }))).toBe('resolved');
    });
  });
});
