import type {
  AnyKind,
  BootTask,
  CapabilityHandle,
  Command,
  JobIndex,
  Kernel,
  SnapshotStore,
  TokenIssuer,
} from '@tksm/abstractions';
import { createKernel, defineKind } from '@tksm/core';
import { openDiskBlobs } from '@tksm/drivers-disk';
import { systemClock, systemRandom, systemTimers } from '@tksm/drivers-system';
import type { OpenedLog } from './bench-log.ts';

/** Does nothing, so that what is measured is the kernel. */
export const noop = defineKind<NoopInput>({ name: 'noop', run: () => undefined });

/** About 165 bytes of JSON. */
export interface NoopInput {
  readonly i: number;
  readonly kind: string;
  readonly p: string;
}

// One run of characters, as what was read or received is: `repeat` makes a tree of pieces, which V8 writes as JSON three times as
// slowly, until a collection happens to have joined them.
const PADDING = Buffer.alloc(128, 'x').toString('latin1');

export function noopInput(i: number): NoopInput {
  return { i, kind: 'noop', p: PADDING };
}

function noopCommands(first: number, count: number): Command[] {
  return Array.from({ length: count }, (_, index) => ({ kind: noop, input: noopInput(first + index) }));
}

export interface BenchKernelSettings {
  readonly dir: string;
  readonly log: OpenedLog;
  /** 0: jobs are taken and none is run. */
  readonly concurrency: number;
  readonly kinds?: readonly AnyKind[];
  readonly bootTasks?: readonly BootTask[];
  /** Of the zone, when this creates it. */
  readonly eventLeaves?: boolean;
  /** Without one, nothing retires. */
  readonly jobIndex?: JobIndex;
  /** Without any, all of the log is replayed. */
  readonly snapshots?: SnapshotStore;
  readonly tokenIssuer?: TokenIssuer;
}

/** A kernel on real ports, as a program that embeds it would open it. */
export function openBenchKernel(settings: BenchKernelSettings): Promise<Kernel> {
  const { dir, log, concurrency, kinds = [noop], bootTasks = [], eventLeaves = false } = settings;
  return createKernel({
    ...{ log, concurrency, kinds, bootTasks, eventLeaves },
    blobs: openDiskBlobs({ dir }),
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    ...(settings.snapshots !== undefined && { snapshots: settings.snapshots }),
    ...(settings.tokenIssuer !== undefined && { tokenIssuer: settings.tokenIssuer }),
    ...(settings.jobIndex !== undefined && { jobIndex: settings.jobIndex }),
    ...(log.loopWatch !== undefined && { loopWatch: log.loopWatch }),
  });
}

/** Jobs of a bulk submission: what a caller with many would choose. */
const BULK = 1_000;

export async function enqueueMany(kernel: Kernel, count: number): Promise<void> {
  for (let first = 0; first < count; first += BULK) {
    await kernel.enqueueAll(noopCommands(first, Math.min(BULK, count - first)), kernel.operator);
  }
}

/** So many callers at once, each awaiting its own acknowledgement before its next; the handles take turns. */
export async function enqueueByCallers(
  kernel: Kernel,
  callers: number,
  count: number,
  handles: readonly CapabilityHandle[] = [kernel.operator],
): Promise<void> {
  let next = 0;
  const call = async (): Promise<void> => {
    while (next < count) {
      const i = next++;
      await kernel.enqueue(
        { kind: noop, input: noopInput(i) },
        handles[i % handles.length] ?? kernel.operator,
      );
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
}

/** Fills a log with queued jobs and closes it. */
export async function fillQueue(
  dir: string,
  log: OpenedLog,
  count: number,
  eventLeaves = false,
): Promise<void> {
  const kernel = await openBenchKernel({ dir, log, concurrency: 0, eventLeaves });
  await enqueueMany(kernel, count);
  await kernel.stop();
}
