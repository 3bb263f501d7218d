import { describe, expect, it, onTestFinished } from 'vitest';
import { createKernel, defineKind, replayState } from '@tksm/core';
import { createMemoryBlobStore, createMemoryLog, seededRandom, VirtualClock } from '@tksm/drivers-memory';

describe('replay', () => {
  it('gives the live digest though the clock goes on while a decision is made', async () => {
    const timers = new VirtualClock();
    let now = timers.now();
    const clock = { now: () => now++, monotonic: () => timers.monotonic() };
    const log = createMemoryLog();
    const blobs = createMemoryBlobStore();
    const kinds = [defineKind<number>({ name: 'echo', run: (input) => input })];
    const kernel = await createKernel({ log, blobs, clock, timers, random: seededRandom(7), kinds });
    onTestFinished(() => kernel.stop());
    for (let input = 0; input < 20; input++) {
      const { job } = await kernel.enqueue({ kind: 'echo', input }, kernel.operator);
      await kernel.outcome(job);
    }
    const live = await kernel.read((state) => ({ position: state.position, digest: state.digest() }));
    expect((await replayState(log, live.position)).digest()).toBe(live.digest);
  });
});
