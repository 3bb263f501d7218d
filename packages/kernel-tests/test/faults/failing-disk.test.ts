import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createKernel } from '@tksm/core';
import { createMemoryBlobStore, seededRandom, VirtualClock } from '@tksm/drivers-memory';
import { nodeFiles, openSegmentsOn } from '@tksm/drivers-segments';
import type { FileLayer, OpenFile } from '@tksm/drivers-segments';
import { codeOf, echo } from '@tksm/kernel-tests';
import { expect, it, onTestFinished } from 'vitest';

/** The machine's files; the next write or flush of a segment fails when `fault` says so. */
class FailingFiles {
  fault: 'write' | 'flush' | undefined;
  readonly files: FileLayer = {
    ...nodeFiles,
    open: (file, mode) => this.#wrap(file, nodeFiles.open(file, mode)),
  };

  #wrap(name: string, file: OpenFile): OpenFile {
    const strike = (call: 'write' | 'flush'): void => {
      if (this.fault !== call || !name.endsWith('.seg')) return;
      this.fault = undefined;
      throw Object.assign(new Error('EIO: injected'), { code: 'EIO', syscall: call });
    };
    return {
      read: (...range) => file.read(...range),
      write: (...range) => {
        strike('write');
        return file.write(...range);
      },
      size: () => file.size(),
      truncate: (length) => file.truncate(length),
      flushData: () => {
        strike('flush');
        file.flushData();
      },
      flush: () => file.flush(),
      close: () => file.close(),
    };
  }
}

it.each(['write', 'flush'] as const)(
  'a %s of the real log that fails is an unknown outcome: the zone recovers, a retry doubles nothing',
  async (fault) => {
    const dir = mkdtempSync(path.join(tmpdir(), 'tksm-failing-disk-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const clock = new VirtualClock();
    const disk = new FailingFiles();
    const open = async () => {
      const log = await openSegmentsOn(disk.files, { dir, clock, timers: clock });
      const ports = { log, blobs: createMemoryBlobStore(), clock, timers: clock, random: seededRandom(1) };
      return { log, kernel: await createKernel({ ...ports, kinds: [echo] }) };
    };
    const { log, kernel } = await open();
    const command = { kind: echo, input: 'x', id: 'once' };
    await kernel.enqueue({ kind: echo, input: 'before' }, kernel.operator);
    disk.fault = fault;
    const callers = [command, { kind: echo, input: 'y', id: 'other' }].map((each) =>
      codeOf(kernel.enqueue(each, kernel.operator)),
    );
    expect(await Promise.all(callers)).toContain('OutcomeUnknown');
    // The zone settles what is on the disk, and goes on.
    for (let turn = 0; kernel.phase !== 'running' && turn < 1_000; turn++) {
      await clock.advanceBy(10);
      await nodeFiles.turn();
    }
    const first = await kernel.enqueue(command, kernel.operator);
    const again = await kernel.enqueue(command, kernel.operator);
    expect(again).toMatchObject({ job: first.job, existing: true });
    expect(await kernel.outcome(first.job)).toEqual({ status: 'succeeded', output: 'x' });
    expect(kernel.phase).toBe('running');
    await kernel.stop();
    await log.close();
    const later = await open();
    expect(await later.kernel.enqueue(command, later.kernel.operator)).toMatchObject({
      job: first.job,
      existing: true,
    });
    const submitted: string[] = [];
    for await (const { payload } of later.log.read()) {
      submitted.push(
        ...(Buffer.from(payload)
          .toString()
          .match(/"input":"x"/g) ?? []),
      );
    }
    expect(submitted).toHaveLength(1);
    await later.kernel.stop();
    await later.log.close();
  },
);
