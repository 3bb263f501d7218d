import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createKernel, defineKind } from '@tksm/host-embedded';

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'tksm-embedded-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

const double = defineKind<number, number>({ name: 'double', run: (n) => n * 2 });

describe('createKernel', () => {
  it('runs jobs in memory', async () => {
    const kernel = await createKernel({ kinds: [double] });
    const { job } = await kernel.enqueue({ kind: double, input: 21 }, kernel.operator);
    expect(await kernel.outcome(job)).toEqual({ status: 'succeeded', output: 42 });
    await kernel.stop();
  });

  it('finds in a folder what an earlier kernel left there', async () => {
    const data = await folder();
    const first = await createKernel({ data, kinds: [double] });
    const { job } = await first.enqueue({ kind: double, input: 1, id: 'once' }, first.operator);
    await first.outcome(job);
    await first.stop();
    const second = await createKernel({ data, kinds: [double] });
    onTestFinished(() => second.stop());
    expect(second.zone).toBe(first.zone);
    expect(await second.enqueue({ kind: double, input: 1, id: 'once' }, second.operator)).toMatchObject({
      job,
      existing: true,
    });
    expect(await second.outcome(job)).toEqual({ status: 'succeeded', output: 2 });
  });

  it('refuses a folder that another kernel has open, and leaves it alone', async () => {
    const data = await folder();
    const first = await createKernel({ data, kinds: [double] });
    onTestFinished(() => first.stop());
    await expect(createKernel({ data })).rejects.toMatchObject({ code: 'DataFolderLocked' });
    const { job } = await first.enqueue({ kind: double, input: 2 }, first.operator);
    expect(await first.outcome(job)).toMatchObject({ status: 'succeeded' });
  });

  it('gives the folder back when it cannot start', async () => {
    const data = await folder();
    await expect(createKernel({ data, kinds: [double, double] })).rejects.toMatchObject({
      code: 'InvalidSpec',
    });
    const kernel = await createKernel({ data, kinds: [double] });
    await kernel.stop();
    expect(await readdir(data)).not.toEqual([]);
  });
});
