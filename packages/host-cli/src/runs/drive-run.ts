import type { Command, JobStatus, JobView, Kernel, TaskReceipt } from '@tksm/abstractions';
import type { RunTracker } from './run-tracker.ts';

/** Statuses that go on by themselves. */
const MOVING: readonly JobStatus[] = ['queued', 'delayed', 'running'];

/**
 * Submits a run under its id and follows it to its end: settled, or with nothing left that could go on. Submitting what
 * is there already changes nothing.
 */
export async function driveRun(
  kernel: Kernel,
  run: string,
  commands: readonly Command[],
  tracker: RunTracker,
  signal: AbortSignal,
): Promise<void> {
  const from = await kernel.read((state) => {
    tracker.load(state.jobs.list({ correlation: run }));
    return state.position;
  });
  const tied = commands.map((command): Command => ({ ...command, correlation: run }));
  const receipts = await kernel.enqueueAll(tied, kernel.operator, { id: run });
  tracker.load(await retiredOf(kernel, receipts));
  if (await hasEnded(kernel, run, tracker)) return;
  for await (const event of kernel.events({ from, signal })) {
    if (tracker.apply(event) && (await hasEnded(kernel, run, tracker))) return;
  }
}

/** Jobs of an earlier start that have left the state: they count, and no event will tell of them. */
async function retiredOf(kernel: Kernel, receipts: readonly TaskReceipt[]): Promise<readonly JobView[]> {
  const before = receipts.filter(({ existing }) => existing);
  return await kernel.read(({ jobs }) =>
    before.flatMap(({ job }) => {
      const view = jobs.get(job);
      return view?.retired === true ? [view] : [];
    }),
  );
}

async function hasEnded(kernel: Kernel, run: string, tracker: RunTracker): Promise<boolean> {
  if (tracker.isSettled) return await isWhole(kernel, run, tracker);
  return tracker.mayBeStuck && (await isStuck(kernel, run));
}

/** Events may be behind: jobs that were submitted since are not counted yet. */
async function isWhole(kernel: Kernel, run: string, tracker: RunTracker): Promise<boolean> {
  const { total } = tracker.counts;
  return await kernel.read((state) => countUpTo(state.jobs.list({ correlation: run }), total + 1) <= total);
}

async function isStuck(kernel: Kernel, run: string): Promise<boolean> {
  return await kernel.read(
    (state) => state.jobs.list({ correlation: run, status: MOVING, limit: 1 }).next().done === true,
  );
}

function countUpTo(jobs: Iterable<unknown>, limit: number): number {
  let count = 0;
  for (const _job of jobs) if (++count >= limit) break;
  return count;
}
