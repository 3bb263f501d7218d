import type { Frame } from '@tksm/abstractions';
import { createMemoryLog } from '@tksm/drivers-memory';
import type { MemoryLog } from '@tksm/drivers-memory';
import { defineKind } from '@tksm/core';
import { testKernel } from '@tksm/testing';
import { codeOf, echo, Life, nap, withKernel } from '@tksm/kernel-tests';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** A log whose appends a test lets through one by one. */
function steppedLog(): { readonly log: MemoryLog; hold(): void; let(): boolean; release(): void } {
  const log = createMemoryLog();
  const append = log.append.bind(log);
  const gates: (() => void)[] = [];
  let holding = false;
  log.append = async (draft, expected) => {
    if (holding) await new Promise<void>((resolve) => gates.push(resolve));
    return await append(draft, expected);
  };
  return {
    log,
    hold: () => (holding = true),
    let: () => {
      const open = gates.shift();
      open?.();
      return open !== undefined;
    },
    release: () => {
      holding = false;
      for (const open of gates.splice(0)) open();
    },
  };
}

async function durablePayloads(log: MemoryLog): Promise<string> {
  const frames: Frame[] = [];
  for await (const frame of log.openAnother().read()) frames.push(frame);
  return frames.map(({ payload }) => new TextDecoder().decode(payload)).join('\n');
}

describe('nothing', () => {
  it('is acknowledged, published, read, or handed to a handler before its frame is durable', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('submit', 'set', 'let', 'read'), { minLength: 5, maxLength: 40 }),
        async (acts) => {
          const stepped = steppedLog();
          const problems: string[] = [];
          const checks: Promise<void>[] = [];
          const durable = (what: string, text: string): void => {
            checks.push(
              durablePayloads(stepped.log).then(
                (all) => void (all.includes(text) || problems.push(`${what} ${text}`)),
              ),
            );
          };
          const handler = defineKind<string, string>({
            name: 'handler',
            run: (input, context) => {
              durable('started', `"job.leased","v":1,"job":"${context.job.id}"`);
              return `result of ${input}`;
            },
          });
          const test = await testKernel({ kinds: [handler], log: stepped.log });
          await test.runUntilIdle();
          stepped.hold();
          const { kernel } = test;
          const events = kernel.events()[Symbol.asyncIterator]();
          const listening = (async () => {
            for (let next = await events.next(); next.done !== true; next = await events.next()) {
              durable('published', JSON.stringify(next.value.event));
            }
          })();
          const pending: Promise<unknown>[] = [];
          for (const [n, act] of acts.entries()) {
            if (act === 'submit') {
              pending.push(
                test.enqueue({ kind: handler, input: `in-${n}` }).then(async ({ job }) => {
                  durable('acknowledged', `in-${n}`);
                  await kernel.outcome(job);
                  durable('outcome', `result of in-${n}`);
                }),
              );
            } else if (act === 'set') {
              pending.push(
                test.perform({ kind: 'var.set', input: { name: 'n', value: `set-${n}` } }).then(() => {
                  durable('performed', `set-${n}`);
                }),
              );
            } else if (act === 'read') {
              pending.push(
                kernel
                  .read((state) => state.vars.get('n')?.value)
                  .then((seen) => {
                    if (typeof seen === 'string') durable('read', seen);
                  }),
              );
            } else {
              stepped.let();
            }
            await test.runUntilIdle();
          }
          stepped.release();
          await Promise.all(pending);
          await test.close();
          await listening;
          await Promise.all(checks);
          expect(problems).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it(
    'happens at all while the log holds back',
    withKernel({ kinds: [echo, nap] }, async (test) => {
      await test.runUntilIdle();
      const release = test.log.hold();
      const events = test.kernel.events()[Symbol.asyncIterator]();
      let answers = 0;
      const count = (): void => void (answers += 1);
      void test.enqueue({ kind: echo }).then(count);
      void test.perform({ kind: 'var.set', input: { name: 'n', value: 1 } }).then(count);
      void test.kernel.read(() => undefined).then(count);
      void events.next().then(count);
      await test.advance(10_000);
      expect(answers).toBe(0);
      release();
      await test.runUntilIdle();
      expect(answers).toBe(4);
      await events.return?.(undefined);
    }),
  );
});

describe('group commit', () => {
  it('lets all that wait share one flush', async () => {
    const stepped = steppedLog();
    const test = await testKernel({ kinds: [echo], log: stepped.log });
    await test.runUntilIdle();
    const before = stepped.log.statistics.frames;
    stepped.hold();
    const all = Array.from({ length: 100 }, (_, input) => test.enqueue({ kind: echo, input }));
    await test.runUntilIdle();
    stepped.let();
    await test.runUntilIdle();
    stepped.let();
    await Promise.all(all);
    expect(stepped.log.statistics.frames - before).toBeLessThanOrEqual(2);
    stepped.release();
    await test.runUntilIdle();
    await test.close();
  });
});

describe('a command id', () => {
  it('has one outcome through lost and written frames', async () => {
    const fault = fc.constantFrom(
      'unknown-written' as const,
      'unknown-lost' as const,
      'crash' as const,
      'none' as const,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 8 }), async (faults) => {
        const test = await testKernel({ kinds: [echo] });
        await test.runUntilIdle();
        const seen = new Set<string>();
        for (const one of faults) {
          if (one === 'crash') await test.restart();
          else if (one !== 'none') test.log.failNext(one);
          for (const submit of [
            () => test.enqueue({ kind: echo, input: 1, id: 'task' }).then(({ job }) => job),
            () => test.perform({ kind: 'var.set', input: { name: 'n', value: 1 }, id: 'set' }),
          ]) {
            const answer = await submit().catch(() => undefined);
            if (answer !== undefined) seen.add(JSON.stringify(answer));
          }
          await test.advance(60_000);
        }
        await new Life(test).settle();
        expect(seen.size).toBeLessThanOrEqual(2);
        const events = await test.events();
        expect(
          events.filter(({ event }) => event.type === 'world.rewritten' && event.cmd === 'set').length,
        ).toBeLessThanOrEqual(1);
        const jobs = await test.kernel.read((state) => [...state.jobs.list({ kind: 'echo' })]);
        expect(jobs.length).toBeLessThanOrEqual(1);
        expect(await codeOf(test.enqueue({ kind: echo, input: 2, id: 'task' }))).toBe(
          jobs.length === 1 ? 'CommandMismatch' : 'resolved',
        );
        await test.close();
      }),
      { numRuns: 40 },
    );
  });
});
