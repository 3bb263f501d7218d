import { handleId, KernelError } from '@tksm/abstractions';
import type { ErrorCode, KernelEvent } from '@tksm/abstractions';
import { createMemoryLog, VirtualClock } from '@tksm/drivers-memory';
import type { MemoryLog } from '@tksm/drivers-memory';
import { expect, it } from 'vitest';
import { Committer } from './committer.ts';

const event: KernelEvent = {
  type: 'fact.emitted',
  v: 1,
  by: handleId('operator'),
  fact: { name: 'f', data: null },
};
const text = JSON.stringify(event);

async function committerOver(log: MemoryLog) {
  const clock = new VirtualClock({ soon: 'manual' });
  const heard: (number | ErrorCode)[] = [];
  const frames: number[] = [];
  const troubles: string[] = [];
  const committer = new Committer(log, await log.head(), { clock, timers: clock }, () => 1, {
    durable: (batch) => frames.push(batch.events.length),
    trouble: ({ status }) => troubles.push(status),
  });
  const add = (count: number): void => {
    committer.add(
      Array.from({ length: count }, () => event),
      Array.from({ length: count }, () => text).join(','),
      committer.time,
    );
  };
  const wait = (n: number): void => {
    committer.wait({ durable: () => heard.push(n), lost: ({ code }) => heard.push(code) });
  };
  return { clock, committer, heard, frames, troubles, add, wait };
}

it('tells those who wait only when their frame is durable, in order', async () => {
  const log = createMemoryLog();
  const { clock, committer, heard, frames, add, wait } = await committerOver(log);
  wait(0);
  expect(heard).toEqual([0]);
  const release = log.hold();
  add(1);
  wait(1);
  await clock.runUntilIdle();
  add(2);
  add(3);
  wait(2);
  await clock.runUntilIdle();
  expect([heard, committer.idle]).toEqual([[0], false]);
  release();
  await clock.runUntilIdle();
  expect([heard, frames, committer.idle]).toEqual([[0, 1, 2], [1, 5], true]);
  expect(committer.head.position).toBe(6);
});

it.each(['unknown-lost', 'unknown-written', 'conflict'] as const)(
  'tells those who wait, and those who come later, that all is lost after %s',
  async (fault) => {
    const log = createMemoryLog();
    const { clock, committer, heard, troubles, add, wait } = await committerOver(log);
    add(1);
    wait(1);
    log.failNext(fault);
    await clock.runUntilIdle();
    add(1);
    wait(2);
    await clock.runUntilIdle();
    expect([heard, troubles]).toEqual([[], [fault === 'conflict' ? 'conflict' : 'unknown']]);
    committer.abandon(new KernelError('OutcomeUnknown', 'lost'));
    wait(3);
    expect([heard, committer.idle]).toEqual([['OutcomeUnknown', 'OutcomeUnknown', 'OutcomeUnknown'], false]);
  },
);

it('says that all is durable when it is given up with nothing on its way', async () => {
  const { clock, committer, heard, add, wait } = await committerOver(createMemoryLog());
  add(1);
  await clock.runUntilIdle();
  committer.abandon(new KernelError('KernelStopped', 'over'));
  wait(1);
  expect([heard, committer.idle]).toEqual([[1], true]);
});

it('closes a batch before a frame could grow too large', async () => {
  const log = createMemoryLog({ maxFrameBytes: 6_000 });
  const { clock, frames, add } = await committerOver(log);
  for (let n = 0; n < 200; n++) add(1);
  await clock.runUntilIdle();
  expect(frames.reduce((sum, count) => sum + count, 0)).toBe(200);
  for (const bytes of log.frames()) expect(bytes.length).toBeLessThan(6_000);
});

it('begins another frame when time has passed and something is due', async () => {
  const log = createMemoryLog();
  const { clock, committer, frames, add } = await committerOver(log);
  add(1);
  committer.turn(clock.now());
  add(1);
  await clock.advanceBy(5);
  const release = log.hold();
  add(1);
  await clock.runUntilIdle();
  add(1);
  clock.jumpBy(1_000);
  committer.turn(clock.now());
  expect(committer.time).toBe(clock.now());
  add(1);
  release();
  await clock.runUntilIdle();
  expect([frames, committer.head.time]).toEqual([[2, 1, 1, 1], clock.now()]);
});

it('does not go back behind a time at which something was due', async () => {
  const { clock, committer } = await committerOver(createMemoryLog());
  const due = clock.now();
  committer.turn(due);
  clock.jumpBy(-60_000);
  expect(committer.time).toBe(due);
});
