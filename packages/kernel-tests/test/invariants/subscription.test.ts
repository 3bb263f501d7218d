import type { Position, RecordedEvent } from '@tksm/abstractions';
import { echo, Life, lifeKinds, lives } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Reads events in the background, from where it stopped; can be killed whenever. */
class Subscriber {
  readonly seen: RecordedEvent[] = [];
  #kill: () => Promise<void> = () => Promise.resolve();

  start({ kernel }: TestKernel): void {
    const controller = new AbortController();
    const reading = (async () => {
      for await (const recorded of kernel.events({ from: this.seen.length, signal: controller.signal })) {
        this.seen.push(recorded);
      }
    })();
    this.#kill = async () => {
      controller.abort();
      await reading;
    };
  }

  kill(): Promise<void> {
    return this.#kill();
  }
}

/** On a busy machine, too. */
const TIME = { timeout: 60_000 };

const headOf = (test: TestKernel): Promise<Position> => test.kernel.read((state) => state.position);

describe('a subscriber that is killed and resumed by position', () => {
  it('sees every event exactly once, through crashes, unknown outcomes and recoveries', TIME, async () => {
    const acts = lives(['unknown-written', 'unknown-lost'], 25);
    await fc.assert(
      fc.asyncProperty(
        acts,
        fc.array(fc.boolean(), { minLength: 25, maxLength: 25 }),
        async (life, kills) => {
          const test = await testKernel({ kinds: lifeKinds, concurrency: 3 });
          const living = new Life(test);
          const subscriber = new Subscriber();
          subscriber.start(test);
          for (const [at, act] of life.entries()) {
            const dies = act.act === 'crash' || act.act === 'drain';
            if (dies || kills[at] === true) await subscriber.kill();
            await living.do(act);
            if (dies || kills[at] === true) subscriber.start(test);
          }
          await living.settle();
          const head = await headOf(test);
          while (subscriber.seen.length < head) await test.runUntilIdle();
          await subscriber.kill();
          expect(subscriber.seen).toEqual((await test.events()).slice(0, head));
          await test.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('sees every event exactly once when it falls behind by more than is buffered for it', TIME, async () => {
    const round = fc.record({
      batch: fc.integer({ min: 1, max: 4_000 }),
      reads: fc.integer({ min: 0, max: 9_000 }),
      dies: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 3, maxLength: 6 }), async (rounds) => {
        const test = await testKernel({ kinds: [echo] });
        const { kernel } = test;
        const seen: Position[] = [];
        const subscribe = (): AsyncIterator<RecordedEvent> =>
          kernel.events({ from: seen.length })[Symbol.asyncIterator]();
        let events = subscribe();
        const read = async (until: Position): Promise<void> => {
          while (seen.length < until) seen.push((await events.next()).value?.position ?? -1);
        };
        for (const { batch, reads, dies } of rounds) {
          const commands = Array.from({ length: batch }, () => ({ kind: echo }));
          await kernel.enqueueAll(commands, kernel.operator);
          await test.runUntilIdle();
          await read(Math.min(await headOf(test), seen.length + reads));
          if (!dies) continue;
          await events.return?.(undefined);
          events = subscribe();
        }
        await read(await headOf(test));
        expect(seen).toEqual(seen.map((_, index) => index));
        await events.return?.(undefined);
        await test.close();
      }),
      { numRuns: 2 },
    );
  });
});
