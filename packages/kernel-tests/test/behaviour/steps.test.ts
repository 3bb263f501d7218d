import type { Value } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, echo, gate, storyOf, withKernel } from '@tksm/kernel-tests';
import { spend } from '@tksm/testing';
import type { TaskContext } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';

const task = (name: string, run: (context: TaskContext) => Promise<Value | undefined>) =>
  defineKind({ name, retry: { initialDelayMs: 1_000 }, run: (_input, context) => run(context) });

describe('a step', () => {
  it('runs once over all attempts, and its output is reused after a crash', async () => {
    const door = gate();
    const calls: string[] = [];
    const work = task('work', async (context) => {
      const first = await context.step('first', () => {
        calls.push('first');
        return { at: calls.length, big: 12n };
      });
      if (calls.length < 2) await door.opened;
      const second = await context.step('second', () => {
        calls.push('second');
        return 2;
      });
      return [first.at, first.big, second];
    });
    await withKernel({ kinds: [work] }, async (test) => {
      const { job } = await test.enqueue({ kind: work });
      await test.runUntilIdle();
      await test.restart();
      calls.push('crash');
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: [1, { $bigint: '12' }, 2] });
      expect(calls).toEqual(['first', 'crash', 'second']);
      expect((await test.job(job)).steps).toEqual([
        { name: 'first', output: { at: 1, big: { $bigint: '12' } } },
        { name: 'second', output: 2 },
      ]);
    })();
  });

  it('is durable before the next one begins', async () => {
    const seen: (number | undefined)[] = [];
    const work = task('careful', async (context) => {
      await context.step('first', () => 1);
      seen.push(context.job.steps?.length);
      await context.step('second', () => {
        seen.push(context.job.steps?.length);
        return 2;
      });
      return undefined;
    });
    await withKernel({ kinds: [work] }, async (test) => {
      const { job } = await test.enqueue({ kind: work });
      await test.outcome(job);
      expect(seen).toEqual([1, 1]);
      const events = await test.events();
      const stepped = events.filter(({ event }) => event.type === 'job.stepped');
      expect(new Set(stepped.map(({ position }) => position)).size).toBe(2);
    })();
  });

  it.each<[string, string, (context: TaskContext) => Promise<Value | undefined>]>([
    [
      'whose name is repeated',
      'StepRepeated',
      async (context) => {
        await context.step('a', () => 1);
        return await context.step('a', () => 2);
      },
    ],
    [
      'that begins inside another',
      'StepOverlapped',
      (context) => context.step('outer', () => context.step('inner', () => 1)),
    ],
    [
      'beside another',
      'StepOverlapped',
      async (context) => {
        await Promise.all([
          context.step('left', () => spend(context, 10).then(() => 1)),
          context.step('right', () => 2),
        ]);
        return undefined;
      },
    ],
    [
      'that is still open when the handler returns',
      'StepOverlapped',
      (context) => {
        context.step('open', () => spend(context, 1_000).then(() => 1)).catch(() => undefined);
        return Promise.resolve(undefined);
      },
    ],
    [
      'whose output is too large',
      'PayloadTooLarge',
      (context) => context.step('large', () => 'x'.repeat(70_000)),
    ],
    ['without a name', 'InvalidInput', (context) => context.step('', () => 1)],
    ['with an endless name', 'InvalidInput', (context) => context.step('x'.repeat(129), () => 1)],
  ])('%s fails the job', async (_what, code, run) => {
    const work = task('wrong', run);
    await withKernel({ kinds: [work] }, async (test) => {
      expect(await test.run({ kind: work })).toMatchObject({ status: 'failed', error: { code } });
    })();
  });

  it('whose output cannot be stored fails the attempt', async () => {
    const work = task('unstorable', (context) => context.step('s', () => ({ n: Number.NaN })));
    await withKernel({ kinds: [work] }, async (test) => {
      expect(await test.run({ kind: work })).toMatchObject({
        status: 'failed',
        error: { code: 'InvalidValue' },
      });
    })();
  });

  it('that fails leaves no record, and the next attempt runs it again', async () => {
    let calls = 0;
    const work = task('second-time-lucky', async (context) => {
      await context.step('fine', () => 'fine');
      return await context.step('flaky', () => {
        calls += 1;
        if (calls === 1) throw new Error('not yet');
        return calls;
      });
    });
    await withKernel({ kinds: [work] }, async (test) => {
      const { job } = await test.enqueue({ kind: work });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 2 });
      expect(await storyOf(test, job)).toEqual([
        ...['submitted', 'leased', 'stepped', 'attempt-failed'],
        ...['leased', 'stepped', 'succeeded'],
      ]);
    })();
  });

  it('that fails ends its attempt, even when the handler goes on: a replay could not repeat that', async () => {
    const codes: string[] = [];
    const work = task('stubborn', async (context) => {
      codes.push(await codeOf(context.step('fails', () => Promise.reject(new Error('no')))));
      codes.push(await codeOf(context.step('next', () => 1)));
      return 'as if nothing had happened';
    });
    await withKernel({ kinds: [work] }, async (test) => {
      const { job } = await test.enqueue({ kind: work, retry: { maxAttempts: 1 } });
      expect(await test.outcome(job)).toMatchObject({ status: 'failed', error: { message: 'no' } });
      expect(codes).toEqual(['untyped', 'untyped']);
    })();
  });

  it.each([
    ['renamed', ['a', 'x', 'c']],
    ['left out', ['a', 'c']],
    ['left out at the end', ['a']],
    ['exchanged', ['b', 'a', 'c']],
  ])('that is %s in new code is told from what was recorded', async (_what, names) => {
    const door = gate();
    const withSteps = (steps: readonly string[], hold: boolean) =>
      task('evolving', async (context) => {
        for (const name of steps) await context.step(name, () => name);
        if (hold) await door.opened;
        return undefined;
      });
    await withKernel({ kinds: [withSteps(['a', 'b'], true)] }, async (test) => {
      const { job } = await test.enqueue({ kind: 'evolving' });
      await test.runUntilIdle();
      await test.restart({ kinds: [withSteps(names, false)] });
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'StepOrderChanged' },
      });
    })();
  });

  it('of an attempt that lost its lease is refused and recorded as rejected', async () => {
    const door = gate();
    const codes: string[] = [];
    const slow = task('slow', async (context) => {
      if (context.attempt > 1) return 'second';
      await door.opened;
      codes.push(await codeOf(context.step('late', () => 1)));
      return 'first';
    });
    await withKernel({ kinds: [slow] }, async (test) => {
      const { job } = await test.enqueue({ kind: slow, timeoutMs: 5_000 });
      await test.advance(5_000);
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 'second' });
      door.open();
      await test.runUntilIdle();
      expect(codes).toEqual(['LeaseLost']);
      const rejected = (await test.events()).flatMap(({ event }) =>
        event.type === 'job.result-rejected' ? [[event.epoch, event.result]] : [],
      );
      expect(rejected).toEqual([
        [1, 'stepped'],
        [1, 'failed'],
      ]);
      expect((await test.job(job)).outcome).toEqual({ status: 'succeeded', output: 'second' });
    })();
  });
});

describe('effects', () => {
  it('are committed in the frame of the result', async () => {
    const work = task('effects', async (context) => {
      context.vars.set('v', 1);
      context.emit('happened', { n: 1 });
      context.submit({ kind: echo, input: 'child' });
      return Promise.resolve('done');
    });
    await withKernel({ kinds: [work, echo] }, async (test) => {
      const { job } = await test.enqueue({ kind: work });
      await test.outcome(job);
      const { frames } = await test.history();
      const frame = frames.find(({ payload }) => payload.includes('"happened"'));
      for (const part of ['world.rewritten', 'job.submitted', 'job.succeeded'])
        expect(frame?.payload).toContain(part);
    })();
  });

  it('of a failed attempt leave only its record', async () => {
    const work = task('undone', (context) => {
      context.vars.set('v', context.attempt);
      context.emit('happened', context.attempt);
      context.submit({ kind: echo, input: context.attempt });
      return context.attempt === 1 ? Promise.reject(new Error('no')) : Promise.resolve(context.attempt);
    });
    await withKernel({ kinds: [work, echo] }, async (test) => {
      const { job } = await test.enqueue({ kind: work });
      await test.outcome(job);
      expect(await test.kernel.read((state) => state.vars.get('v')?.value)).toBe(2);
      await test.expectNotSubmitted({ kind: echo, input: 1 });
      await test.expectSubmitted({ kind: echo, input: 2 });
      const facts = (await test.events()).filter(({ event }) => event.type === 'fact.emitted');
      expect(facts).toHaveLength(1);
    })();
  });

  it('of a recorded step are not repeated', async () => {
    const door = gate();
    const work = task('once', async (context) => {
      await context.step('emit', () => {
        context.emit('inside', 1);
        context.submit({ kind: echo, input: 'inside' });
        return null;
      });
      context.submit({ kind: echo, input: 'after' });
      await context.step('next', () => null);
      await door.opened;
      return undefined;
    });
    await withKernel({ kinds: [work, echo] }, async (test) => {
      const { job } = await test.enqueue({ kind: work });
      await test.runUntilIdle();
      await test.restart();
      door.open();
      await test.outcome(job);
      const children = await test.kernel.read((state) =>
        [...state.jobs.list({ parent: job })].map(({ spec }) => spec.input),
      );
      expect(children).toEqual(['inside', 'after']);
      expect((await test.events()).filter(({ event }) => event.type === 'fact.emitted')).toHaveLength(1);
    })();
  });

  it('are seen by the attempt that made them, before they are committed', async () => {
    const work = task('reader', async (context) => {
      context.vars.set('v', { mine: 1 });
      const own = await context.vars.get('v');
      context.vars.delete('gone');
      return [own?.value ?? null, (await context.vars.get('gone')) === undefined];
    });
    await withKernel({ kinds: [work] }, async (test) => {
      await test.perform({ kind: 'var.set', input: { name: 'gone', value: 1 } });
      expect(await test.run({ kind: work })).toEqual({ status: 'succeeded', output: [{ mine: 1 }, true] });
      expect(await test.kernel.read((state) => state.vars.list().map(({ name }) => name))).toEqual(['v']);
    })();
  });

  it('under a precondition that fails make the attempt fail and be retried', async () => {
    const work = task('conditional', async (context) => {
      const current = await context.vars.get('v');
      if (context.attempt === 1) context.vars.set('v', 'mine', { ifEtag: null });
      else context.vars.set('v', `${String(current?.value)}+mine`, { ifEtag: current?.etag ?? null });
      context.vars.set('v', `${String(current?.value)}+last`);
      return undefined;
    });
    await withKernel({ kinds: [work] }, async (test) => {
      await test.perform({ kind: 'var.set', input: { name: 'v', value: 'theirs' } });
      const { job } = await test.enqueue({ kind: work });
      expect((await test.outcome(job)).status).toBe('succeeded');
      expect(await storyOf(test, job)).toContain('attempt-failed');
      expect(await test.kernel.read((state) => state.vars.get('v')?.value)).toBe('theirs+last');
    })();
  });

  it.each<[string, string, (context: TaskContext) => void]>([
    [
      'a fact without a name',
      'InvalidInput',
      (context) => {
        context.emit('', 1);
      },
    ],
    [
      'a variable without a name',
      'InvalidInput',
      (context) => {
        context.vars.set('', 1);
      },
    ],
    [
      'a value that cannot be stored',
      'InvalidValue',
      (context) => {
        context.vars.set('v', Number.NaN);
      },
    ],
    [
      'a value that is too large',
      'PayloadTooLarge',
      (context) => {
        context.vars.set('v', 'x'.repeat(70_000));
      },
    ],
    [
      'too many facts',
      'PayloadTooLarge',
      (context) => {
        for (let i = 0; i <= 10_000; i++) context.emit('f', i);
      },
    ],
    [
      'facts too large for a frame',
      'FrameTooLarge',
      (context) => {
        for (let i = 0; i < 200; i++) context.emit('f', 'x'.repeat(60_000));
      },
    ],
    [
      'a child of no kind',
      'UnsupportedOperation',
      (context) => {
        context.submit({ kind: 'nobody' });
      },
    ],
    [
      'a child that is an operation',
      'InvalidOperation',
      (context) => {
        context.submit({ kind: 'var.set' });
      },
    ],
  ])('with %s fail the job', async (_what, code, act) => {
    const work = task('wrong-effect', async (context) => {
      await Promise.resolve();
      act(context);
      return undefined;
    });
    await withKernel({ kinds: [work] }, async (test) => {
      expect(await test.run({ kind: work })).toMatchObject({ status: 'failed', error: { code } });
    })();
  });
});
