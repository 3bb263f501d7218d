import { KernelError } from '@tksm/abstractions';
import type { EventLog, JobId } from '@tksm/abstractions';
import { createMemoryBlobStore, createMemoryLog, seededRandom, VirtualClock } from '@tksm/drivers-memory';
import { testKernel } from '@tksm/testing';
import { createKernel, defineKind } from '@tksm/core';
import { codeOf, echo, gate, nap, storyOf, stuck, userJobs, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const kinds = [echo, nap, stuck];

describe('an append whose outcome is unknown', () => {
  it.each(['unknown-written', 'unknown-lost'] as const)(
    'stops deciding, is answered as unknown, and recovers (%s)',
    async (fault) => {
      await withKernel({ kinds }, async (test) => {
        const command = { kind: echo, input: 'x', id: 'once' };
        await test.runUntilIdle();
        test.log.failNext(fault);
        const first = codeOf(test.enqueue(command));
        expect(await first).toBe('OutcomeUnknown');
        await test.runUntilIdle();
        expect(test.kernel.phase).toBe('running');
        const retried = await test.enqueue(command);
        expect(retried.existing).toBe(fault === 'unknown-written');
        expect(await test.outcome(retried.job)).toEqual({ status: 'succeeded', output: 'x' });
        expect(await userJobs(test)).toHaveLength(1);
        const epochs = (await test.events()).filter(({ event }) => event.type === 'sequencer.claimed');
        expect(epochs).toHaveLength(2);
      })();
    },
  );

  it.each(['unknown-written', 'unknown-lost'] as const)(
    'of a result keeps those who wait for it waiting until it is settled (%s)',
    async (fault) => {
      const door = gate();
      let runs = 0;
      const guarded = defineKind({
        name: 'guarded',
        run: async () => {
          await door.opened;
          runs += 1;
          return runs;
        },
      });
      await withKernel({ kinds: [guarded] }, async (test) => {
        const { job } = await test.enqueue({ kind: guarded });
        await test.runUntilIdle();
        const outcome = test.outcome(job);
        test.log.failNext(fault);
        door.open();
        expect(await outcome).toEqual({ status: 'succeeded', output: fault === 'unknown-written' ? 1 : 2 });
        expect(await test.outcome(job)).toEqual(await outcome);
      })();
    },
  );

  it('of a result keeps those waiting, too, who ask when it is on its way', async () => {
    let runs = 0;
    const counted = defineKind({ name: 'counted', run: () => (runs += 1) });
    await withKernel({ kinds: [counted] }, async (test) => {
      const { job } = await test.enqueue({ kind: counted, notBefore: test.clock.now() + 1_000 });
      const append = test.log.append.bind(test.log);
      let asked: Promise<unknown> | undefined;
      test.log.append = async (draft, expected) => {
        if (asked === undefined && draft.payload.includes('job.succeeded')) {
          asked = test.outcome(job);
          test.log.failNext('unknown-lost');
        }
        return await append(draft, expected);
      };
      await test.advance(1_000);
      expect(await asked).toEqual({ status: 'succeeded', output: 2 });
    })();
  });

  it(
    'is no moment to drain: what recovers is not half drained',
    withKernel({ kinds }, async (test) => {
      await test.runUntilIdle();
      test.log.failNext('unknown-lost');
      const lost = codeOf(test.enqueue({ kind: stuck }));
      await lost;
      expect(test.kernel.phase).toBe('failed');
      expect(await codeOf(test.kernel.drain())).toBe('ZoneStopped');
      await test.runUntilIdle();
      expect(test.kernel.phase).toBe('running');
    }),
  );

  it(
    'refuses nobody for a reason that it has lost',
    withKernel({ kinds }, async (test) => {
      await test.runUntilIdle();
      test.log.failNext('unknown-lost');
      const input = { name: 'a', value: 1 };
      const set = test.perform({ kind: 'var.set', input });
      const refused = test.perform({ kind: 'var.set', input: { ...input, ifEtag: null } });
      expect([await codeOf(set), await codeOf(refused)]).toEqual(['OutcomeUnknown', 'OutcomeUnknown']);
    }),
  );

  it(
    'shows nobody what it has lost',
    withKernel({ kinds }, async (test) => {
      await test.runUntilIdle();
      const release = test.log.hold();
      test.log.failNext('unknown-lost');
      const submitted = test.enqueue({ kind: echo, id: 'lost' });
      const code = codeOf(submitted);
      const { kernel } = test;
      const read = codeOf(kernel.read((state) => state.jobs.counts()));
      release();
      expect(await code).toBe('OutcomeUnknown');
      expect(await read).toBe('OutcomeUnknown');
      // The session that failed is still the current one here: its state is ahead of the log for good.
      expect(await codeOf(kernel.read((state) => state.position))).toBe('OutcomeUnknown');
      expect(await codeOf(test.perform({ kind: 'var.get', input: { name: 'n' } }))).toBe('ZoneStopped');
      await test.advance(1_000);
      await test.expectNotSubmitted({ kind: echo });
    }),
  );

  it(
    'tells those who wait for a job that was lost with its frame',
    withKernel({ kinds }, async (test) => {
      await test.runUntilIdle();
      const release = test.log.hold();
      test.log.failNext('unknown-lost');
      const submitted = codeOf(test.enqueue({ kind: echo, id: 'lost' }));
      const id = await new Promise<JobId>((resolve) => {
        void test.kernel
          .read((state) => {
            resolve([...state.jobs.list({ kind: 'echo' })][0]?.id ?? ('' as JobId));
          })
          .catch(() => undefined);
      });
      const outcome = codeOf(test.kernel.outcome(id));
      release();
      expect(await submitted).toBe('OutcomeUnknown');
      expect(await outcome).toBe('JobNotFound');
    }),
  );

  it(
    'again and again is waited for, ever longer, and never without a pause',
    withKernel({ kinds }, async (test) => {
      await test.runUntilIdle();
      test.log.failNext(...Array.from({ length: 6 }, () => 'unknown-lost' as const));
      const start = test.clock.now();
      expect(await codeOf(test.enqueue({ kind: echo, id: 'x' }))).toBe('OutcomeUnknown');
      await test.advance(60_000);
      expect(test.kernel.phase).toBe('running');
      const claimed = (await test.events()).findLast(({ event }) => event.type === 'sequencer.claimed');
      expect((claimed?.time ?? 0) - start).toBe(250 + 500 + 1_000 + 2_000 + 4_000);
      expect((await test.run({ kind: echo, id: 'x' })).status).toBe('succeeded');
    }),
  );

  it(
    'interrupts what runs, and rejects nothing twice',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: nap, input: { ms: 5_000 } });
      await test.advance(1_000);
      test.log.failNext('unknown-lost');
      await codeOf(test.enqueue({ kind: echo }));
      expect((await test.outcome(job)).status).toBe('succeeded');
      expect(await storyOf(test, job)).toEqual(['submitted', 'leased', 'interrupted', 'leased', 'succeeded']);
    }),
  );

  it('during a boot fails the boot', async () => {
    for (let appends = 0; appends < 8; appends++) {
      const log = createMemoryLog();
      const append = log.append.bind(log);
      let left = appends;
      log.append = (draft, expected) => {
        if (left-- === 0) log.failNext('unknown-lost');
        return append(draft, expected);
      };
      expect(await codeOf(testKernel({ log }))).toBe('OutcomeUnknown');
      const test = await testKernel({ log: log.openAnother() });
      await test.close();
    }
  });

  it.each(['unknown-written', 'unknown-lost'] as const)(
    'during a drain does not end the drain (%s)',
    async (fault) => {
      await withKernel({ kinds }, async (test) => {
        const { job } = await test.enqueue({ kind: nap, input: { ms: 5_000 } });
        await test.runUntilIdle();
        test.log.failNext(fault);
        await test.drain(60_000);
        expect(test.kernel.phase).toBe('draining');
        expect(await codeOf(test.enqueue({ kind: echo }))).toBe('KernelDraining');
        expect((await test.job(job)).status).toBe('queued');
      })();
    },
  );

  it('during a stop does not keep it from stopping', async () => {
    for (let appends = 0; appends < 3; appends++) {
      const test = await testKernel({ kinds });
      await test.runUntilIdle();
      const append = test.log.append.bind(test.log);
      let left = appends;
      test.log.append = (draft, expected) => {
        if (left-- === 0) test.log.failNext('unknown-lost');
        return append(draft, expected);
      };
      await test.kernel.stop();
      expect(test.kernel.phase).toBe('stopped');
    }
  });
});

describe('a log that throws', () => {
  it(
    'counts as unknown',
    withKernel({ kinds }, async (test) => {
      await test.runUntilIdle();
      const append = test.log.append.bind(test.log);
      let fails = true;
      test.log.append = (draft, expected) => {
        if (!fails) return append(draft, expected);
        fails = false;
        return Promise.reject(new Error('the disk is gone'));
      };
      expect(await codeOf(test.enqueue({ kind: echo, id: 'x' }))).toBe('OutcomeUnknown');
      await test.runUntilIdle();
      expect((await test.run({ kind: echo, id: 'x' })).status).toBe('succeeded');
    }),
  );
});

describe('a sequencer that was deposed', () => {
  it('stops for good, and tells everybody', async () => {
    const test = await testKernel({ kinds });
    const { job } = await test.enqueue({ kind: stuck });
    await test.runUntilIdle();
    const waiting = codeOf(test.kernel.outcome(job));
    const other = await testKernel({ kinds, log: test.log.openAnother(), seed: 'other' });
    expect(await codeOf(test.enqueue({ kind: echo }))).toBe('ZoneStopped');
    expect(await waiting).toBe('ZoneStopped');
    expect(test.kernel.phase).toBe('failed');
    expect(test.kernel.health().status).toBe('failing');
    expect(await codeOf(test.enqueue({ kind: echo }))).toBe('ZoneStopped');
    await test.advance(120_000);
    expect(test.kernel.phase).toBe('failed');
    expect(await codeOf(test.kernel.outcome(job))).toBe('ZoneStopped');
    await test.close();
    expect((await other.run({ kind: echo })).status).toBe('succeeded');
    expect(await storyOf(other, job)).toEqual(['submitted', 'leased', 'interrupted', 'leased']);
    await other.close();
  });
});

describe('a small frame', () => {
  it('is never asked to hold more than it can', async () => {
    const log = createMemoryLog({ maxFrameBytes: 40_000 });
    const test = await testKernel({ kinds, log });
    const receipts = await Promise.all(
      Array.from({ length: 100 }, () => test.enqueue({ kind: echo, input: 'ö'.repeat(2_000) })),
    );
    await test.runUntilIdle();
    for (const { job } of receipts) expect((await test.job(job)).status).toBe('succeeded');
    expect(await codeOf(test.enqueue({ kind: echo, input: 'x'.repeat(30_000) }))).toBe('FrameTooLarge');
    expect(test.kernel.phase).toBe('running');
    await test.close();
  });
});

describe('a zone whose log cannot be recovered', () => {
  it('gives up after its limit, and tells why to everybody who waits', async () => {
    const clock = new VirtualClock();
    const disk = createMemoryLog();
    const failed = { status: 'unknown', cause: new KernelError('DiskFull', 'no space is left') } as const;
    let isFull = false;
    const log: EventLog = {
      capabilities: disk.capabilities,
      statistics: disk.statistics,
      head: () => disk.head(),
      read: (options) => disk.read(options),
      append: (draft, expected) => (isFull ? Promise.resolve(failed) : disk.append(draft, expected)),
      settle: () => (isFull ? Promise.reject(failed.cause) : disk.settle()),
      close: () => disk.close(),
    };
    const ports = { log, blobs: createMemoryBlobStore(), clock, timers: clock, random: seededRandom(1) };
    const kernel = await createKernel({ ...ports, kinds, recoveryLimitMs: 5_000 });
    const { job } = await kernel.enqueue({ kind: stuck }, kernel.operator);
    const outcome = codeOf(kernel.outcome(job));
    const events = kernel.events()[Symbol.asyncIterator]();
    const end = events.next();
    isFull = true;
    expect(await codeOf(kernel.enqueue({ kind: echo }, kernel.operator))).toBe('OutcomeUnknown');
    expect(kernel).toMatchObject({ phase: 'failed', failure: { code: 'DiskFull' } });
    await clock.advanceBy(60_000);
    expect(await outcome).toBe('OutcomeUnknown');
    expect((await end).done).toBe(true);
    expect(kernel).toMatchObject({ phase: 'failed', failure: { code: 'DiskFull' } });
    await kernel.stop();
  });
});
