import { isSystemKind } from '@tksm/abstractions';
import type { Instant, JobId, JobSubmitted, Projection, RecordedEvent } from '@tksm/abstractions';
import { bucketAt, noBuckets } from './time-buckets.ts';
import type { TimeBuckets } from './time-buckets.ts';

/** Kinds that are told apart; those that come later count as one. */
const MAX_KINDS = 256;
const OTHER_KINDS = '(other)';
/** Jobs that failed or were cancelled and are still known by name, for when they are put back. */
const MAX_ENDED = 10_000;

/** What became of jobs. */
export interface JobCounts {
  submitted: number;
  succeeded: number;
  failed: number;
  cancelled: number;
}

export interface KindFigures extends JobCounts {
  readonly kind: string;
  /** Attempts begun. */
  attempts: number;
  /** Attempts that failed and were followed by another. */
  retries: number;
  interruptions: number;
  /** Of all attempts: from when the job could have been leased, its dependencies aside, to its lease. */
  waitedMs: number;
  /** Of all attempts that ended. */
  ranMs: number;
}

/** Index of its kind, since when it waits or runs, and whether it runs. */
export type OpenJob = [kind: number, since: Instant, isRunning: boolean];

export interface Throughput {
  readonly kinds: KindFigures[];
  readonly time: TimeBuckets<JobCounts>;
  /** Jobs that have not ended, since their events do not name their kind: as many as the zone has. */
  readonly open: Record<JobId, OpenJob>;
  /** The last jobs that ended badly, with the index of their kind. */
  readonly ended: [JobId, number][];
}

/** Job counts and throughput, by kind and over time. The kernel's own jobs are left out. */
export const throughput: Projection<Throughput> = {
  name: 'throughput',
  version: 1,
  initial: () => ({ kinds: [], time: noBuckets(), open: {}, ended: [] }),
  apply(state, recorded) {
    const { event, time } = recorded;
    if (event.type === 'job.submitted') submit(state, event, time);
    else if ('job' in event && event.job !== undefined) advance(state, recorded, event.job);
    return state;
  },
};

function submit({ kinds, time: series, open }: Throughput, { job, spec }: JobSubmitted, time: Instant): void {
  if (isSystemKind(spec.kind)) return;
  let index = kinds.findIndex(({ kind }) => kind === spec.kind);
  if (index < 0) {
    index = Math.min(kinds.length, MAX_KINDS);
    kinds[index] ??= figuresOf(index === MAX_KINDS ? OTHER_KINDS : spec.kind);
  }
  const figures = kinds[index];
  if (figures !== undefined) figures.submitted += 1;
  bucketAt(series, time, noCounts, addCounts).submitted += 1;
  open[job] = [index, Math.max(time, spec.notBefore ?? 0), false];
}

function advance(state: Throughput, { event, time }: RecordedEvent, id: JobId): void {
  if (event.type === 'job.recalled') recall(state, id, event.record.spec.kind);
  if (event.type === 'job.released') release(state, id, time);
  const job = state.open[id];
  const figures = job && state.kinds[job[0]];
  if (job === undefined || figures === undefined) return;
  switch (event.type) {
    case 'job.leased':
      figures.attempts += 1;
      figures.waitedMs += Math.max(0, time - job[1]);
      [job[1], job[2]] = [time, true];
      break;
    case 'job.attempt-failed':
      figures.retries += 1;
      pause(figures, job, time, event.retryAt);
      break;
    case 'job.interrupted':
      figures.interruptions += 1;
      pause(figures, job, time);
      break;
    case 'job.suspended':
      // One that waits for a message alone is not late before it has come: when it is leased, as far as is known here.
      pause(figures, job, time, event.until ?? Number.MAX_SAFE_INTEGER);
      break;
    case 'job.returned':
    case 'job.held':
      pause(figures, job, time);
      break;
    case 'job.resumed':
      job[1] = Math.max(job[1], time);
      break;
    case 'job.succeeded':
      settle(state, id, 'succeeded', time);
      break;
    case 'job.failed':
      settle(state, id, 'failed', time);
      break;
    case 'job.cancelled':
      settle(state, id, 'cancelled', time);
      break;
    default:
  }
}

/** An attempt ended, if one ran; the next may begin at `readyAt`. */
function pause(figures: KindFigures, job: OpenJob, time: Instant, readyAt = time): void {
  if (job[2]) figures.ranMs += time - job[1];
  [job[1], job[2]] = [Math.max(time, readyAt), false];
}

function settle(
  state: Throughput,
  id: JobId,
  outcome: 'succeeded' | 'failed' | 'cancelled',
  time: Instant,
): void {
  const job = state.open[id];
  const figures = job && state.kinds[job[0]];
  if (job === undefined || figures === undefined) return;
  pause(figures, job, time);
  figures[outcome] += 1;
  bucketAt(state.time, time, noCounts, addCounts)[outcome] += 1;
  Reflect.deleteProperty(state.open, id);
  if (outcome === 'succeeded') return;
  state.ended.push([id, job[0]]);
  if (state.ended.length > 2 * MAX_ENDED) state.ended.splice(0, MAX_ENDED);
}

/** A retired job is needed again, and may be put back. */
function recall({ kinds, ended }: Throughput, id: JobId, kind: string): void {
  const index = kinds.findIndex((figures) => figures.kind === kind);
  if (index >= 0 && !ended.some(([job]) => job === id)) ended.push([id, index]);
}

/** A job that had ended, or is held, may be leased again. */
function release({ open, ended }: Throughput, id: JobId, time: Instant): void {
  const at = ended.findLastIndex(([job]) => job === id);
  const kind = open[id]?.[0] ?? ended[at]?.[1];
  if (at >= 0) ended.splice(at, 1);
  if (kind !== undefined) open[id] = [kind, time, false];
}

function figuresOf(kind: string): KindFigures {
  return { kind, ...noCounts(), attempts: 0, retries: 0, interruptions: 0, waitedMs: 0, ranMs: 0 };
}

function noCounts(): JobCounts {
  return { submitted: 0, succeeded: 0, failed: 0, cancelled: 0 };
}

function addCounts(into: JobCounts, from: JobCounts): void {
  into.submitted += from.submitted;
  into.succeeded += from.succeeded;
  into.failed += from.failed;
  into.cancelled += from.cancelled;
}
