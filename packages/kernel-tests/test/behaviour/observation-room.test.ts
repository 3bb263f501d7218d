import { checkSnapshot, exportSnapshot, replayState } from '@tksm/core';
import { noLogger } from '@tksm/abstractions';
import { createMemorySnapshots } from '@tksm/drivers-memory';
import { agentDoes, receivedBy, spawnAgent, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { expect, it } from 'vitest';

const LISTENERS = 60;
const OBSERVATIONS = 8;
const DATA = 'x'.repeat(63_000);

/** The state as a snapshot that stands for itself. */
async function snapshotOf({ log }: TestKernel): Promise<Uint8Array> {
  const exported = await exportSnapshot({ log, store: createMemorySnapshots(), logger: noLogger });
  const chunks: Uint8Array[] = [];
  for await (const chunk of exported.bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

it(
  'an observation stands in the state once for all who listen, until the last of them has received it',
  withKernel({}, async (test) => {
    const source = await spawnAgent(test);
    const listeners = [];
    for (let n = 0; n < LISTENERS; n++) {
      const listener = await spawnAgent(test);
      await agentDoes(test, 'subscribe', { agent: listener.id, to: source.id });
      listeners.push(listener);
    }
    for (let n = 0; n < OBSERVATIONS; n++)
      await agentDoes(test, 'observe', { agent: source.id, data: `${n}${DATA}` });

    const full = await snapshotOf(test);
    expect(full.length).toBeLessThan(2 * OBSERVATIONS * DATA.length);
    const { digest } = await checkSnapshot(
      (async function* () {
        yield full;
      })(),
    );
    expect(digest).toBe((await replayState(test.log)).digest());

    const all = Array.from({ length: OBSERVATIONS }, (_, n) => `${n}${DATA}`);
    for (const listener of listeners) {
      const got: unknown[] = [];
      while (got.length < OBSERVATIONS) got.push(...(await receivedBy(test, listener)));
      expect(got).toEqual(all);
    }
    expect((await snapshotOf(test)).length).toBeLessThan(DATA.length);
    await test.verifyReplay();
  }),
);
