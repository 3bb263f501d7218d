import type { RecordedEvent } from '@tksm/abstractions';
import { echo, nap, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const kinds = [echo, nap];

async function collect(events: AsyncIterable<RecordedEvent>, until: number): Promise<number[]> {
  const positions: number[] = [];
  for await (const { position } of events) {
    positions.push(position);
    if (position >= until) break;
  }
  return positions;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);
const positionOf = (test: TestKernel): Promise<number> => test.kernel.read((state) => state.position);

describe('a subscription to events', () => {
  it(
    'begins with what comes next, as of the call',
    withKernel({ kinds }, async (test) => {
      const start = await positionOf(test);
      const events = test.kernel.events();
      const { job } = await test.enqueue({ kind: echo });
      await test.outcome(job);
      const end = await positionOf(test);
      expect(await collect(events, end - 1)).toEqual(range(start, end - 1));
    }),
  );

  it(
    'from a position reads the log, then goes on live, without gap or double',
    withKernel({ kinds }, async (test) => {
      const positions: number[] = [];
      const reading = (async () => {
        for await (const { position, event } of test.kernel.events({ from: 3 })) {
          positions.push(position);
          if (event.type === 'job.succeeded' && event.output === 'last') return;
        }
      })();
      for (let n = 0; n < 50; n++) void test.enqueue({ kind: echo, input: n });
      await test.runUntilIdle();
      await test.run({ kind: echo, input: 'last' });
      await reading;
      expect(positions).toEqual(range(3, positions.at(-1) ?? 0));
    }),
  );

  it(
    'that falls behind catches up from the log, and slows nobody down',
    withKernel({ kinds }, async (test) => {
      const events = test.kernel.events({ from: 0 })[Symbol.asyncIterator]();
      const first = await events.next();
      const { kernel } = test;
      for (let n = 0; n < 8; n++) {
        await kernel.enqueueAll(
          Array.from({ length: 500 }, () => ({ kind: echo })),
          kernel.operator,
        );
        await test.runUntilIdle();
      }
      const end = await positionOf(test);
      expect(end).toBeGreaterThan(12_000);
      const positions = [first.value?.position ?? -1];
      while (positions.length < end) positions.push((await events.next()).value?.position ?? -1);
      expect(positions).toEqual(range(0, end - 1));
      await events.return?.(undefined);
    }),
  );

  it(
    'that falls behind again while it catches up still misses nothing',
    withKernel({ kinds }, async (test) => {
      const events = test.kernel.events({ from: 0 })[Symbol.asyncIterator]();
      const positions: number[] = [];
      const { kernel } = test;
      for (let round = 0; round < 4; round++) {
        for (let n = 0; n < 2; n++) {
          await kernel.enqueueAll(
            Array.from({ length: 2_000 }, () => ({ kind: echo })),
            kernel.operator,
          );
          await test.runUntilIdle();
        }
        for (let n = 0; n < 3_000; n++) positions.push((await events.next()).value?.position ?? -1);
      }
      expect(positions).toEqual(range(0, positions.length - 1));
      await events.return?.(undefined);
    }),
  );

  it(
    'goes on over an unknown outcome and the recovery after it',
    withKernel({ kinds }, async (test) => {
      const events = test.kernel.events({ from: 0 });
      for (const fault of ['unknown-written', 'unknown-lost'] as const) {
        test.log.failNext(fault);
        await test.enqueue({ kind: echo, id: fault }).catch(() => undefined);
        await test.advance(1_000);
        await test.enqueue({ kind: echo, id: fault });
      }
      await test.runUntilIdle();
      const end = await positionOf(test);
      expect(await collect(events, end - 1)).toEqual(range(0, end - 1));
    }),
  );

  it(
    'ends when its signal aborts, and when the kernel stops',
    withKernel({ kinds }, async (test) => {
      await test.runUntilIdle();
      const controller = new AbortController();
      const aborted = collect(test.kernel.events({ signal: controller.signal }), Number.POSITIVE_INFINITY);
      const stopped = collect(test.kernel.events({ from: 0 }), Number.POSITIVE_INFINITY);
      await test.runUntilIdle();
      controller.abort();
      expect(await aborted).toEqual([]);
      await test.close();
      const positions = await stopped;
      expect(positions).toEqual(range(0, (await test.events()).length - 1));
    }),
  );

  it(
    'gives time and event as the log has them',
    withKernel({ kinds }, async (test) => {
      await test.run({ kind: nap, input: { ms: 500 } });
      const live: RecordedEvent[] = [];
      const end = await positionOf(test);
      for await (const event of test.kernel.events({ from: 0 })) if (live.push(event) === end) break;
      expect(live).toEqual(await test.events());
      const times = live.map(({ time }) => time);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }),
  );
});
