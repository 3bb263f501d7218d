import { BOOT_PHASES } from '@tksm/abstractions';
import type { BootTask, JobId } from '@tksm/abstractions';
import { createKernel, defineKind } from '@tksm/core';
import { createMemoryBlobStore, createMemoryLog, seededRandom, VirtualClock } from '@tksm/drivers-memory';
import { replayHistory, testKernel } from '@tksm/testing';
import { broken, codeOf, echo, gate, nap, polite, storyOf, stuck, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const kinds = [broken, echo, nap, polite, stuck];

function failing(
  times: number,
  phase: BootTask['phase'] = 'activate',
): BootTask & { readonly calls: () => number } {
  let calls = 0;
  return {
    phase,
    name: 'flaky-task',
    run: () => {
      calls += 1;
      if (calls <= times) throw new Error(`call ${calls} fails`);
    },
    calls: () => calls,
  };
}

describe('boot', () => {
  it(
    'is eight jobs in the log, one after the other, before any job of a user runs',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: nap, input: { ms: 5_000 } });
      await test.advance(1_000);
      await test.restart();
      await test.runUntilIdle();
      const events = await test.events();
      const claimed = events.findLastIndex(({ event }) => event.type === 'sequencer.claimed');
      const kindOf = (id: JobId) => test.kernel.read((state) => state.jobs.get(id)?.spec.kind);
      const leases = events
        .slice(claimed)
        .flatMap(({ event }) => (event.type === 'job.leased' ? [event.job] : []));
      const order = await Promise.all(leases.map(kindOf));
      expect(order.slice(0, 8)).toEqual(BOOT_PHASES.map((phase) => `boot.${phase}`));
      expect(new Set(order.slice(8))).toEqual(new Set(['kernel.run', 'nap']));
      await test.outcome(job);
    }),
  );

  it('tries a phase again that failed, and runs its tasks in order of registration', async () => {
    const task = failing(2);
    const order: string[] = [];
    const named = (name: string): BootTask => ({ phase: 'services', name, run: () => void order.push(name) });
    await withKernel({ bootTasks: [named('one'), task, named('two')] }, async (test) => {
      expect(task.calls()).toBe(3);
      expect(order).toEqual(['one', 'two']);
      const phase = await test.expectSubmitted({ kind: 'boot.activate', status: 'succeeded' });
      expect(phase.outcome).toMatchObject({ output: { tasks: ['flaky-task'] } });
      expect((await storyOf(test, phase.id)).filter((type) => type === 'attempt-failed')).toHaveLength(2);
    })();
  });

  it('fails when a phase fails for good, names why, and can be tried again over the same log', async () => {
    const log = createMemoryLog();
    const opening = testKernel({ log, bootTasks: [failing(3)] });
    await expect(opening).rejects.toMatchObject({ code: 'BootFailed', data: { code: 'HandlerFailed' } });
    const test = await testKernel({ log: log.openAnother(), bootTasks: [failing(1)] });
    expect(test.kernel.phase).toBe('running');
    await test.close();
  });

  it('gives up on a task that never ends', async () => {
    const endless: BootTask = { phase: 'config', name: 'endless', run: () => new Promise(() => undefined) };
    const clock = new VirtualClock();
    const ports = { log: createMemoryLog(), blobs: createMemoryBlobStore(), random: seededRandom(1) };
    const code = codeOf(createKernel({ ...ports, clock, timers: clock, bootTasks: [endless] }));
    await clock.advanceBy(300_000);
    expect(await code).toBe('BootFailed');
    expect(clock.waiting).toBe(0);
  });

  it('claims the zone with a new epoch each time, and keeps its name', async () => {
    await withKernel({}, async (test) => {
      const { zone } = test.kernel;
      await test.restart();
      await test.restart();
      expect(test.kernel.zone).toBe(zone);
      const epochs = (await test.events()).flatMap(({ event }) =>
        event.type === 'sequencer.claimed' ? [event.epoch] : [],
      );
      expect(epochs).toEqual([1, 2, 3]);
    })();
  });

  it('refuses kinds under names of the kernel, and one name and version twice', async () => {
    for (const name of ['var.set', 'boot.mine', 'kernel.mine']) {
      expect(await codeOf(testKernel({ kinds: [{ ...echo, name: name as typeof echo.name }] }))).toBe(
        'InvalidSpec',
      );
    }
    expect(await codeOf(testKernel({ kinds: [echo, echo] }))).toBe('InvalidSpec');
    expect(await codeOf(testKernel({ kinds: [{ ...echo, version: 0 }] }))).toBe('InvalidSpec');
  });
});

describe('an idle kernel', () => {
  it(
    'has no timer at all',
    withKernel({ kinds }, async (test) => {
      await test.run({ kind: nap, input: { ms: 10 } });
      await test.advance(120_000);
      expect(test.clock.waiting).toBe(0);
      const position = await test.kernel.read((state) => state.position);
      await test.advance(100 * 86_400_000);
      expect(await test.kernel.read((state) => state.position)).toBe(position);
    }),
  );
});

describe('a drain', () => {
  it(
    'interrupts what runs without burning an attempt; it runs again after a restart',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: polite, retry: { maxAttempts: 1 } });
      await test.runUntilIdle();
      await test.drain();
      expect(await test.job(job)).toMatchObject({ status: 'queued', attempts: 0, interruptions: 1 });
      expect(await codeOf(test.enqueue({ kind: echo }))).toBe('KernelDraining');
      const { kernel } = test;
      expect(await codeOf(kernel.enqueueAll([{ kind: echo }], kernel.operator))).toBe('KernelDraining');
      expect(kernel.phase).toBe('draining');
      expect(await codeOf(test.perform({ kind: 'var.set', input: { name: 'n', value: 1 } }))).toBe(
        'resolved',
      );
      await test.restart({ kinds: [{ ...echo, name: polite.name }] });
      expect((await test.outcome(job)).status).toBe('succeeded');
    }),
  );

  it(
    'lets attempts end within its grace',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: nap, input: { ms: 5_000 } });
      const { job: longer } = await test.enqueue({ kind: nap, input: { ms: 50_000 } });
      await test.runUntilIdle();
      await test.drain(10_000);
      expect((await test.job(job)).status).toBe('succeeded');
      expect(await test.job(longer)).toMatchObject({ status: 'queued', interruptions: 1 });
    }),
  );

  it(
    'takes the lease from a handler that does not listen',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: stuck });
      await test.runUntilIdle();
      const start = test.clock.now();
      await test.drain();
      expect(test.clock.now() - start).toBe(2_000);
      expect(await test.job(job)).toMatchObject({ status: 'queued', attempts: 0, interruptions: 1 });
      const drain = await test.expectSubmitted({ kind: 'kernel.drain' });
      expect(drain.outcome).toMatchObject({ output: { interrupted: 1, abandoned: 1 } });
    }),
  );

  it(
    'asked for twice is one',
    withKernel({ kinds }, async (test) => {
      await Promise.all([test.drain(), test.drain()]);
      await test.drain();
      expect(
        (await test.events()).filter(
          ({ event }) => event.type === 'job.submitted' && event.spec.kind === 'kernel.drain',
        ),
      ).toHaveLength(1);
    }),
  );
});

describe('stopping', () => {
  it('records run, drain and shutdown as jobs, and refuses what comes after', async () => {
    const test = await testKernel({ kinds });
    await test.run({ kind: echo });
    await test.close();
    expect(test.kernel.phase).toBe('stopped');
    const { kernel } = test;
    expect(await codeOf(test.enqueue({ kind: echo }))).toBe('KernelStopped');
    expect(await codeOf(test.perform({ kind: 'health' }))).toBe('KernelStopped');
    expect(await codeOf(kernel.drain())).toBe('KernelStopped');
    await kernel.stop();
    const stages = await kernel.read((state) =>
      ['run', 'drain', 'shutdown'].map((stage) =>
        [...state.jobs.list({ kind: `kernel.${stage}` })].map(({ status }) => status),
      ),
    );
    expect(stages).toEqual([['succeeded'], ['succeeded'], ['succeeded']]);
  });

  it('tells those who wait for an outcome, and hears a late handler without harm', async () => {
    const door = gate();
    const late = defineKind({ name: 'late', run: () => door.opened });
    const test = await testKernel({ kinds: [late] });
    const { job } = await test.enqueue({ kind: late });
    await test.runUntilIdle();
    const waiting = codeOf(test.kernel.outcome(job));
    await test.close();
    expect(await waiting).toBe('KernelStopped');
    expect(await codeOf(test.kernel.outcome(job))).toBe('KernelStopped');
    door.open();
    await test.advance(600_000);
    expect(test.kernel.phase).toBe('stopped');
    expect(await test.kernel.read((state) => state.jobs.get(job)?.status)).toBe('queued');
  });
});

describe('a crash', () => {
  it(
    'interrupts what ran, and cancels what the kernel itself had open',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: nap, input: { ms: 5_000 } });
      const before = await test.expectSubmitted({ kind: 'kernel.run', status: 'running' });
      await test.advance(1_000);
      await test.restart();
      expect(await test.job(before.id)).toMatchObject({ status: 'cancelled' });
      expect(await test.job(job)).toMatchObject({ interruptions: 1, attempts: 0 });
      expect((await test.outcome(job)).status).toBe('succeeded');
      expect(await storyOf(test, job)).toEqual(['submitted', 'leased', 'interrupted', 'leased', 'succeeded']);
    }),
  );

  it(
    'that comes again and again under one job fails it in the end',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: stuck });
      await test.runUntilIdle();
      for (let crashes = 0; crashes <= 100; crashes++) {
        expect((await test.job(job)).status).toBe('running');
        await test.restart();
        await test.runUntilIdle();
      }
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'TooManyInterruptions' },
      });
    }),
  );

  it(
    'keeps every acknowledged submission',
    withKernel({ kinds, concurrency: 2 }, async (test) => {
      const jobs: JobId[] = [];
      for (let n = 0; n < 5; n++) {
        for (let k = 0; k < 5; k++) jobs.push((await test.enqueue({ kind: nap, input: { ms: 700 } })).job);
        await test.advance(500);
        await test.restart();
      }
      for (const job of jobs) expect((await test.outcome(job)).status).toBe('succeeded');
    }),
  );
});

describe('a saved history', () => {
  it('replays to the digest it was saved at, survives JSON, and goes on', async () => {
    const test = await testKernel({ kinds });
    const { job } = await test.enqueue({ kind: nap, input: { ms: 5_000 } });
    await test.perform({ kind: 'var.set', input: { name: 'ö', value: [1n, '\u2028'] } });
    await test.advance(1_000);
    const digest = await test.kernel.read((state) => state.digest());
    const saved = JSON.parse(JSON.stringify(await test.history())) as Awaited<
      ReturnType<typeof test.history>
    >;
    await test.close();
    const replayed = await replayHistory(saved);
    expect(replayed.digest()).toBe(digest);
    expect(replayed.jobs.get(job)?.status).toBe('running');
    const continued = await testKernel({ kinds, from: saved });
    expect((await continued.outcome(job)).status).toBe('succeeded');
    await continued.close();
  });

  it('that was changed is refused', async () => {
    const test = await testKernel();
    const saved = await test.history();
    await test.close();
    const changed = saved.frames.map((frame, at) =>
      at === 0 ? { ...frame, payload: frame.payload.replace('1', '2') } : frame,
    );
    expect(await codeOf(replayHistory({ ...saved, frames: changed }))).toBe('LogDamaged');
    expect(await codeOf(replayHistory({ ...saved, format: 'tksm-history/2' as 'tksm-history/1' }))).toBe(
      'FormatTooNew',
    );
  });
});
