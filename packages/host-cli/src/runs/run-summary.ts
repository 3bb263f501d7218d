import type { JobView, StateReader } from '@tksm/abstractions';
import { JobIds } from '@tksm/core';
import { RunTracker } from './run-tracker.ts';
import type { RunCounts } from './run-tracker.ts';

export type RunStatus = 'succeeded' | 'failed' | 'cancelled' | 'held' | 'interrupted' | 'unfinished';

export interface RunSummary {
  readonly status: RunStatus;
  readonly counts: RunCounts;
  /** Jobs of the zone have retired, and children among them are not counted. */
  readonly isPartial: boolean;
  /** The first of those that did not succeed. */
  readonly troubled: readonly JobView[];
}

/** Jobs that did not succeed which are named one by one. */
const MAX_TROUBLED = 10;

/** How a run of a graph of so many jobs stands; undefined when there is no job of it. */
export function summaryOf(state: StateReader, run: string, count: number): RunSummary | undefined {
  const tracker = new RunTracker(run);
  tracker.load(state.jobs.list({ correlation: run }));
  tracker.load(retiredOf(state, run, count));
  const { counts } = tracker;
  if (counts.total === 0) return undefined;
  const failed = [...state.jobs.list({ correlation: run, status: ['failed', 'held'], limit: MAX_TROUBLED })];
  const room = MAX_TROUBLED - failed.length;
  const cancelled = [...state.jobs.list({ correlation: run, status: 'cancelled', limit: room })];
  return {
    status: statusOf(counts),
    counts,
    isPartial: hasRetired(state),
    troubled: [...failed, ...cancelled],
  };
}

/** Jobs of the graph itself that have left the state. Their children are not known here. */
function* retiredOf(state: StateReader, run: string, count: number): Generator<JobView> {
  if (!hasRetired(state)) return;
  const ids = new JobIds(state.zone, run);
  for (let index = 0; index < count; index++) {
    const job = state.jobs.get(ids.at(index));
    if (job?.retired === true) yield job;
  }
}

function hasRetired(state: StateReader): boolean {
  const { succeeded, failed, cancelled } = state.jobs.retired();
  return succeeded + failed + cancelled > 0;
}

function statusOf({ open, running, held, failed, cancelled }: RunCounts): RunStatus {
  if (held > 0) return 'held';
  if (open + running > 0) return 'unfinished';
  if (failed > 0) return 'failed';
  return cancelled > 0 ? 'cancelled' : 'succeeded';
}
