import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Kernel, Logger } from '@tksm/abstractions';
import { replayState } from '@tksm/core';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { createKernel, defineKind } from '@tksm/host-embedded';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const noop = defineKind({ name: 'noop', run: () => Promise.resolve(null) });
/** Generous: the machine may be busy. */
const TIMEOUT = { timeout: 60_000 };

let dir: string;
let said: string[];
const logger: Logger = { log: (_level, message) => void said.push(message), child: () => logger };

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'tksm-embedded-'));
  said = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open = (): Promise<Kernel> =>
  createKernel({ data: dir, kinds: [noop], logger, snapshotEveryEvents: 100 });
const snapshots = (): Promise<string[]> => readdir(path.join(dir, 'snapshots'));

async function work(): Promise<void> {
  const kernel = await open();
  for (let n = 0; n < 30; n++) {
    const { job } = await kernel.enqueue({ kind: 'noop', input: n }, kernel.operator);
    await kernel.outcome(job);
  }
  await kernel.stop();
}

async function expectWhole(): Promise<void> {
  const kernel = await open();
  const [position, live] = await kernel.read((state) => [state.position, state.digest()]);
  const log = await openSegmentsReader({ dir });
  expect((await replayState(log, position)).digest()).toBe(live);
  await log.close();
  await kernel.stop();
}

describe('a kernel over a folder', TIMEOUT, () => {
  it('has snapshots made on a thread, keeps three, and starts from the newest', async () => {
    for (let round = 0; round < 5; round++) await work();
    const files = await snapshots();
    expect(files).toHaveLength(3);
    expect(files.every((name) => /^\d{20}\.snap$/.test(name))).toBe(true);
    await expectWhole();
    expect(said).toEqual([]);
  });

  it('starts from an older one, and says so, when the newest is cut off', async () => {
    for (let round = 0; round < 2; round++) await work();
    const [newest = ''] = (await snapshots()).sort().reverse();
    await truncate(path.join(dir, 'snapshots', newest), 1_000);
    await expectWhole();
    expect(said).toContain('a snapshot is passed over');
    expect(said).not.toContain('the log is replayed from its beginning');
  });

  it('goes on when none can be made, and says so', async () => {
    await writeFile(path.join(dir, 'snapshots'), 'no folder');
    await work();
    expect(said).toContain('no snapshot could be made');
    await expectWhole();
  });
});
