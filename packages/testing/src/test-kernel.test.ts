import { defineKind } from '@tksm/core';
import { replayHistory, spend, testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const echo = defineKind({ name: 'echo', run: () => null });
const nap = defineKind<{ readonly ms: number }, null>({
  name: 'nap',
  timeoutMs: 86_400_000,
  run: async ({ ms }, context) => {
    await context.sleep(ms);
    return null;
  },
});

async function withTest(
  options: Parameters<typeof testKernel>[0],
  body: (test: TestKernel) => Promise<void>,
): Promise<void> {
  const test = await testKernel(options);
  await body(test);
  await test.close();
}

describe('time', () => {
  it('moves to what is due while an outcome is awaited, and no further', async () => {
    await withTest({ kinds: [nap] }, async (test) => {
      const start = test.clock.now();
      const [short, long] = await Promise.all(
        [1_000, 60_000].map((ms) => test.enqueue({ kind: nap, input: { ms } })),
      );
      if (short === undefined || long === undefined) throw new Error('not submitted');
      await test.outcome(short.job);
      expect(test.clock.now() - start).toBe(1_000);
      await Promise.all([test.outcome(long.job), test.outcome(short.job), test.kernel.outcome(long.job)]);
      expect(test.clock.now() - start).toBe(60_000);
    });
  });

  it('passes for a handler that spends it in its slot', async () => {
    const codes: unknown[] = [];
    const work = defineKind<{ readonly ms: number }, null>({
      name: 'work',
      retry: { maxAttempts: 1 },
      run: async ({ ms }, context) => {
        await spend(context, ms).catch((error: unknown) => codes.push((error as { code: string }).code));
        return null;
      },
    });
    await withTest({ kinds: [work], concurrency: 1 }, async (test) => {
      const start = test.clock.now();
      const first = await test.enqueue({ kind: work, input: { ms: 10_000 } });
      const second = await test.enqueue({ kind: work, input: { ms: 90_000 } });
      expect((await test.outcome(first.job)).status).toBe('succeeded');
      expect(test.clock.now() - start).toBe(10_000);
      expect(await test.outcome(second.job)).toMatchObject({ error: { code: 'TimedOut' } });
      expect(codes).toEqual(['TimedOut']);
    });
  });

  it('stands still while nobody waits', async () => {
    await withTest({ kinds: [nap] }, async (test) => {
      const { job } = await test.enqueue({ kind: nap, input: { ms: 1 } });
      await test.runUntilIdle();
      expect((await test.job(job)).status).toBe('waiting');
    });
  });

  it('stands still while a handler waits for something that is not the clock', async () => {
    let finish: (value: null) => void = () => undefined;
    const outside = new Promise<null>((resolve) => (finish = resolve));
    const io = defineKind({ name: 'io', run: () => outside });
    await withTest({ kinds: [io, nap] }, async (test) => {
      const start = test.clock.now();
      const { job } = await test.enqueue({ kind: io });
      const napping = await test.enqueue({ kind: nap, input: { ms: 1_000 } });
      const outcome = test.outcome(job);
      // The time limit of the attempt is due in a minute; a file that is read takes real time instead.
      await test.runUntilIdle();
      expect(test.clock.now()).toBe(start);
      finish(null);
      expect((await outcome).status).toBe('succeeded');
      expect(test.clock.now()).toBe(start);
      await test.outcome(napping.job);
    });
  });

  it('passes for a boot task that is tried again', async () => {
    let calls = 0;
    const run = (): void => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
    };
    await withTest({ bootTasks: [{ phase: 'config', name: 'flaky', run }] }, async ({ kernel }) => {
      expect(calls).toBe(2);
      expect(kernel.phase).toBe('running');
      await Promise.resolve();
    });
  });
});

describe('a seed', () => {
  it('decides every byte of the log', async () => {
    const history = async (seed: number): Promise<string> => {
      const test = await testKernel({ kinds: [echo, nap], seed });
      await test.run({ kind: echo, input: 1 });
      await test.run({ kind: nap, input: { ms: 5_000 } });
      await test.restart();
      await test.close();
      return JSON.stringify(await test.history());
    };
    expect(await history(1)).toBe(await history(1));
    expect(await history(1)).not.toBe(await history(2));
  });
});

describe('expectSubmitted', () => {
  it('finds a job by kind, input, name and status', async () => {
    await withTest({ kinds: [echo] }, async (test) => {
      const { job } = await test.enqueue({ kind: echo, input: { a: 1, b: [2] }, name: 'first' });
      await test.outcome(job);
      for (const more of [
        {},
        { input: { b: [2], a: 1 } },
        { name: 'first' },
        { status: 'succeeded' as const },
      ]) {
        expect((await test.expectSubmitted({ kind: echo, ...more })).id).toBe(job);
      }
      await test.expectNotSubmitted({ kind: 'echo', input: { a: 1 } });
    });
  });

  it('names the jobs that there are when none fits, and the job that should not be there', async () => {
    await withTest({ kinds: [echo] }, async (test) => {
      await expect(test.expectSubmitted({ kind: echo })).rejects.toThrow('no job was submitted at all');
      await test.run({ kind: echo, input: { a: 1 }, name: 'first' });
      await expect(test.expectSubmitted({ kind: echo, input: { a: 2 } })).rejects.toThrow(
        'no job was submitted like echo {"a":2}\nsubmitted were:\n  echo "first" {"a":1} (succeeded)',
      );
      await expect(test.expectNotSubmitted({ kind: echo })).rejects.toThrow(
        'echo "first" {"a":1} (succeeded)',
      );
    });
  });
});

describe('close', () => {
  it('fails when the log does not replay to the live state, and names what differs', async () => {
    const test = await testKernel({ kinds: [echo] });
    await test.run({ kind: echo, input: { n: 1 } });
    const job = await test.expectSubmitted({ kind: echo });
    (job.spec.input as { n: number }).n = 2;
    await expect(test.close()).rejects.toThrow(`job ${job.id}`);
  });

  it('may be called twice', async () => {
    const test = await testKernel();
    await Promise.all([test.close(), test.close()]);
    expect(test.kernel.phase).toBe('stopped');
  });
});

describe('a history', () => {
  it('that is replayed gives the state, and a kernel goes on from it', async () => {
    const test = await testKernel({ kinds: [nap] });
    const { job } = await test.enqueue({ kind: nap, input: { ms: 60_000 } });
    await test.advance(1_000);
    const saved = await test.history();
    await test.close();
    expect((await replayHistory(saved)).jobs.get(job)?.status).toBe('waiting');
    await withTest({ kinds: [nap], from: saved }, async (continued) => {
      expect((await continued.outcome(job)).status).toBe('succeeded');
    });
  });
});

describe('a context', () => {
  it('comes apart, as the real one does', async () => {
    const apart = defineKind({
      name: 'apart',
      retry: { maxAttempts: 1 },
      run: async (_input, { step }) => await step('bound', () => 1),
    });
    await withTest({ kinds: [apart] }, async (test) => {
      expect((await test.run({ kind: apart })).status).toBe('succeeded');
    });
  });
});
