import type { Command, JobStatus, JobView, TaskReceipt } from '@tksm/abstractions';
import type { ZoneUse } from '../zone/with-zone.ts';
import type { RunTracker } from './run-tracker.ts';

type Read = ZoneUse['read'];

/** Statuses that go on by themselves. */
const MOVING: readonly JobStatus[] = ['queued', 'delayed', 'running'];

/**
 * Submits a run under its id and follows it to its end: settled, or with nothing left that could go on. Submitting what
 * is there already changes nothing.
 */
export async function driveRun(
  { zone, read, signal }: ZoneUse,
  run: string,
  commands: readonly Command[],
  tracker: RunTracker,
): Promise<void> {
  const from = await read((state) => {
    tracker.load(state.jobs.list({ correlation: run }));
    return state.position;
  });
  const tied = commands.map((command): Command => ({ ...command, correlation: run }));
  const receipts = await zone.enqueueAll(tied, { id: run });
  tracker.load(await retiredOf(read, receipts));
  if (await hasEnded(read, run, tracker)) return;
  for await (const event of zone.events({ from, signal })) {
    if (tracker.apply(event) && (await hasEnded(read, run, tracker))) return;
  }
}

/** Jobs of an earlier start that have left the state: they count, and no event will tell of them. */
async function retiredOf(read: Read, receipts: readonly TaskReceipt[]): Promise<readonly JobView[]> {
  const before = receipts.filter(({ existing }) => existing);
  return await read(({ jobs }) =>
    before.flatMap(({ job }) => {
      const view = jobs.get(job);
      return view?.retired === true ? [view] : [];
    }),
  );
}

async function hasEnded(read: Read, run: string, tracker: RunTracker): Promise<boolean> {
  if (tracker.isSettled) return await isWhole(read, run, tracker);
  return tracker.mayBeStuck && (await isStuck(read, run));
}

/** Events may be behind: jobs that were submitted since are not counted yet. */
async function isWhole(read: Read, run: string, tracker: RunTracker): Promise<boolean> {
  const { total } = tracker.counts;
  return await read((state) => countUpTo(state.jobs.list({ correlation: run }), total + 1) <= total);
}

async function isStuck(read: Read, run: string): Promise<boolean> {
  return await read(
    (state) => state.jobs.list({ correlation: run, status: MOVING, limit: 1 }).next().done === true,
  );
}

function countUpTo(jobs: Iterable<unknown>, limit: number): number {
  let count = 0;
  for (const _job of jobs) if (++count >= limit) break;
  return count;
}
