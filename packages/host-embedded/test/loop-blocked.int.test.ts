import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createKernel, defineKind } from '@tksm/host-embedded';
import type { Logger } from '@tksm/abstractions';
import { expect, it, onTestFinished } from 'vitest';

/** Longer than the writer thread's patience, twice over: a busy machine gives it its turn late. */
const BLOCK_MS = 2_500;

const blocking = defineKind<null, null>({
  name: 'test.blocking',
  run: () => {
    const until = performance.now() + BLOCK_MS;
    while (performance.now() < until);
    return null;
  },
});

it('names the job whose handler blocked the loop, in health and to the logger, and goes on', async () => {
  const data = mkdtempSync(path.join(tmpdir(), 'tksm-loop-'));
  onTestFinished(() => {
    rmSync(data, { recursive: true, force: true });
  });
  let heard: (job: unknown) => void;
  const said = new Promise((resolve) => (heard = resolve));
  const logger: Logger = {
    log: (_level, _message, fields) => {
      if (fields?.code === 'LoopBlocked') heard(fields.job);
    },
    child: () => logger,
  };
  const kernel = await createKernel({ data, kinds: [blocking], logger });
  const { job } = await kernel.enqueue({ kind: blocking, input: null }, kernel.operator);
  expect(await kernel.outcome(job)).toEqual({ status: 'succeeded', output: null });
  expect(await said).toBe(job);
  const loop = kernel.health().checks.find(({ name }) => name === 'loop');
  expect(loop).toMatchObject({ status: 'degraded' });
  expect(loop?.detail).toContain('blocked it for');
  await kernel.stop();
}, 60_000);
