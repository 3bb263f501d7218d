import type { Instant, JobId, JobRecord, Projection, SerializedError } from '@tksm/abstractions';

/** Spans of a timeline; of a longer story those in the middle are left out. */
const MAX_SPANS = 1_000;
/** Steps of a run that are kept. */
const MAX_SPAN_STEPS = 1_000;

/** What a job did for a while. */
export interface TimelineSpan {
  readonly kind: 'blocked' | 'delayed' | 'queued' | 'running' | 'waiting' | 'held';
  readonly from: Instant;
  /** Absent while it lasts. */
  to?: Instant;
  /** Of a run: the number of its lease, and who has it. */
  readonly lease?: { readonly epoch: number; readonly worker: string };
  /** Of a run: its steps, and when each was done. */
  readonly steps?: { readonly name: string; readonly at: Instant }[];
  /** Of a run: how it ended. */
  end?: 'succeeded' | 'failed' | 'cancelled' | 'interrupted' | 'returned' | 'held';
  /** Why it ended, or why it is held. */
  error?: SerializedError;
}

/** The story of one job. */
export interface JobTimeline {
  readonly spans: TimelineSpan[];
  /** Spans and steps that were left out. */
  omitted: number;
  submittedAt?: Instant;
  settledAt?: Instant;
  outcome?: 'succeeded' | 'failed' | 'cancelled';
  /** Dependencies that have not ended. */
  blockedBy: JobId[];
  /** When it may be leased, unless it is blocked. */
  readyAt: Instant;
}

/**
 * The timeline of one job: what it waited for, its attempts with their steps, retries and interruptions, and its end. It
 * needs the events from the job's submission on, and those of what it depends on.
 */
export function jobTimeline({ id, spec }: Pick<JobRecord, 'id' | 'spec'>): Projection<JobTimeline> {
  const { dependsOn = [], notBefore = 0 } = spec;
  return {
    name: 'job-timeline',
    version: 1,
    initial: () => ({ spans: [], omitted: 0, blockedBy: [...dependsOn], readyAt: notBefore }),
    apply(story, { event, time }) {
      if (!('job' in event) || event.job === undefined) return story;
      if (event.job !== id) {
        if (dependsOn.includes(event.job)) dependency(story, event.job, event.type, time);
        return story;
      }
      switch (event.type) {
        case 'job.submitted':
          story.submittedAt = time;
          wait(story, time);
          break;
        case 'job.leased': {
          close(story, time);
          const lease = { epoch: event.epoch, worker: event.worker };
          open(story, { kind: 'running', from: time, lease, steps: [] });
          break;
        }
        case 'job.stepped': {
          const steps = story.spans.at(-1)?.steps;
          if (steps !== undefined && steps.length < MAX_SPAN_STEPS)
            steps.push({ name: event.name, at: time });
          else story.omitted += 1;
          break;
        }
        case 'job.attempt-failed':
          close(story, time, 'failed', event.error);
          story.readyAt = event.retryAt;
          wait(story, time);
          break;
        case 'job.interrupted':
          close(story, time, 'interrupted');
          wait(story, time);
          break;
        case 'job.returned':
          close(story, time, 'returned');
          open(story, { kind: 'waiting', from: time });
          break;
        case 'job.held':
          close(story, time, 'held');
          open(story, { kind: 'held', from: time, error: event.error });
          break;
        case 'job.released':
          close(story, time);
          delete story.settledAt;
          delete story.outcome;
          story.blockedBy = [];
          story.readyAt = notBefore;
          wait(story, time);
          break;
        case 'job.succeeded':
          settle(story, time, 'succeeded');
          break;
        case 'job.failed':
          settle(story, time, 'failed', event.error);
          break;
        case 'job.cancelled':
          settle(story, time, 'cancelled', event.error);
          break;
        default:
      }
      return story;
    },
  };
}

/** The spans as of a moment: none is open any more, and a delay that is over has become a wait. */
export function spansAt(
  { spans, readyAt }: Pick<JobTimeline, 'spans' | 'readyAt'>,
  now: Instant,
): TimelineSpan[] {
  const last = spans.at(-1);
  if (last === undefined || last.to !== undefined) return [...spans];
  if (last.kind !== 'delayed' || readyAt >= now)
    return [...spans.slice(0, -1), { ...last, to: Math.max(last.from, now) }];
  return [...spans.slice(0, -1), { ...last, to: readyAt }, { kind: 'queued', from: readyAt, to: now }];
}

function dependency(story: JobTimeline, id: JobId, type: string, time: Instant): void {
  const { blockedBy } = story;
  if (type === 'job.succeeded' || type === 'job.failed' || type === 'job.cancelled') {
    story.blockedBy = blockedBy.filter((job) => job !== id);
    const last = story.spans.at(-1);
    if (story.blockedBy.length > 0 || last?.kind !== 'blocked' || last.to !== undefined) return;
    close(story, time);
    wait(story, time);
  } else if (type === 'job.released' && !blockedBy.includes(id) && story.submittedAt === undefined) {
    blockedBy.push(id);
  }
}

/** Waits for a lease, and for what comes before one. */
function wait(story: JobTimeline, time: Instant): void {
  const kind = story.blockedBy.length > 0 ? 'blocked' : story.readyAt > time ? 'delayed' : 'queued';
  open(story, { kind, from: time });
}

function open(story: JobTimeline, span: TimelineSpan): void {
  story.spans.push(span);
  if (story.spans.length <= MAX_SPANS) return;
  story.spans.splice(MAX_SPANS / 2, 1);
  story.omitted += 1;
}

function close(story: JobTimeline, time: Instant, end?: TimelineSpan['end'], error?: SerializedError): void {
  const last = story.spans.at(-1);
  if (last === undefined || last.to !== undefined) return;
  if (last.kind === 'delayed' && story.readyAt < time) {
    last.to = story.readyAt;
    if (last.to > last.from) open(story, { kind: 'queued', from: story.readyAt, to: time });
    return;
  }
  last.to = time;
  if (last.kind === 'running' && end !== undefined) last.end = end;
  if (error !== undefined) last.error = error;
}

function settle(
  story: JobTimeline,
  time: Instant,
  outcome: NonNullable<JobTimeline['outcome']>,
  error?: SerializedError,
): void {
  close(story, time, outcome, error);
  story.settledAt = time;
  story.outcome = outcome;
}
