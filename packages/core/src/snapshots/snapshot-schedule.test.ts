import { noLogger } from '@tksm/abstractions';
import { VirtualClock } from '@tksm/drivers-memory';
import { expect, it } from 'vitest';
import { SnapshotSchedule } from './snapshot-schedule.ts';

function scheduled(last = 0, fails = false) {
  const clock = new VirtualClock();
  const made: (() => void)[] = [];
  const maker = {
    make: () =>
      new Promise<void>((resolve, reject) => {
        made.push(() => {
          if (fails) reject(new Error('no'));
          else resolve();
        });
      }),
  };
  const schedule = new SnapshotSchedule({ maker, clock, logger: noLogger, every: 100 }, last);
  return { clock, made, schedule, turn: () => clock.advanceBy(0) };
}

it('makes one after so many events, one at a time', async () => {
  const { clock, made, schedule } = scheduled(50);
  await clock.advanceBy(20_000);
  for (const position of [60, 149]) schedule.reached(position);
  expect(made).toHaveLength(0);
  for (const position of [150, 151, 300, 900]) schedule.reached(position);
  expect(made).toHaveLength(1);
});

it('leaves a kernel that has just begun alone, unless it is far behind', async () => {
  const { clock, made, schedule, turn } = scheduled();
  await clock.advanceBy(19_999);
  schedule.reached(399);
  expect(made).toHaveLength(0);
  schedule.reached(400);
  expect(made).toHaveLength(1);
  made[0]?.();
  await turn();
  schedule.reached(500);
  expect(made).toHaveLength(2);
});

it('rests nine times as long as the last one took', async () => {
  const { clock, made, schedule, turn } = scheduled();
  await clock.advanceBy(20_000);
  schedule.reached(100);
  await clock.advanceBy(1_000);
  made[0]?.();
  await turn();
  schedule.reached(200);
  await clock.advanceBy(8_999);
  schedule.reached(300);
  expect(made).toHaveLength(1);
  await clock.advanceBy(1);
  schedule.reached(301);
  expect(made).toHaveLength(2);
});

it.each([false, true])(
  'ends with one when half as many events have come together, failing: %s',
  async (fails) => {
    const { clock, made, schedule, turn } = scheduled(0, fails);
    await clock.advanceBy(20_000);
    schedule.reached(100);
    schedule.reached(150);
    const closed = schedule.close();
    for (const at of [0, 1]) {
      expect(made).toHaveLength(at + 1);
      made[at]?.();
      await turn();
    }
    await closed;
    await schedule.close();
    expect(made).toHaveLength(2);
  },
);
