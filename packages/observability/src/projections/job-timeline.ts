import { isMeant } from '@tksm/abstractions';
import type {
  Instant,
  JobId,
  JobLeased,
  JobRecord,
  JobSuspended,
  MessageSent,
  Projection,
  SerializedError,
} from '@tksm/abstractions';

/** Spans of a timeline; of a longer story those in the middle are left out. */
const MAX_SPANS = 1_000;
/** Steps of a run, and messages of a span, that are kept. */
const MAX_SPAN_STEPS = 1_000;

/** What a job did for a while. */
export interface TimelineSpan {
  readonly kind: 'blocked' | 'delayed' | 'queued' | 'running' | 'waiting' | 'held';
  readonly from: Instant;
  /** Absent while it lasts. */
  to?: Instant;
  /** Of a run: the number of its lease, and who has it. */
  readonly lease?: { readonly epoch: number; worker: string };
  /** Of a run: its steps, and when each was done. */
  readonly steps?: { readonly name: string; readonly at: Instant }[];
  /** Of a wait in a handler: its step, when it ends by itself, and which message ends it. */
  readonly wait?: Pick<JobSuspended, 'step' | 'until' | 'message'>;
  /** Messages that came meanwhile. */
  messages?: { readonly from: string; readonly topic?: string; readonly at: Instant }[];
  /** Of a run: how it ended. */
  end?: 'succeeded' | 'failed' | 'cancelled' | 'interrupted' | 'suspended' | 'returned' | 'held';
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
  /** When it may be leased, unless it is blocked or waits for a message alone. */
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
    version: 3,
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
          delay(story, time, event.spec.notBefore ?? 0);
          break;
        case 'job.debounced':
          putOff(story, time, event.notBefore);
          break;
        case 'job.leased':
          lease(story, event, time);
          break;
        case 'job.assigned':
          assign(story, event.worker);
          break;
        case 'job.stepped':
          step(story, event.name, time);
          break;
        case 'job.attempt-failed':
          close(story, time, 'failed', event.error);
          delay(story, time, event.retryAt);
          break;
        case 'job.interrupted':
        case 'job.resumed':
          close(story, time, event.type === 'job.interrupted' ? 'interrupted' : undefined);
          wait(story, time);
          break;
        case 'job.suspended':
          suspend(story, event, time);
          break;
        case 'message.sent':
          receive(story, event, time);
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
          release(story, time, notBefore);
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
  if (!endsByItself(last) || readyAt >= now)
    return [...spans.slice(0, -1), { ...last, to: Math.max(last.from, now) }];
  return [...spans.slice(0, -1), { ...last, to: readyAt }, { kind: 'queued', from: readyAt, to: now }];
}

/** What a job depends on ends, or is put back; that may happen after the job's own end, too. */
function dependency(story: JobTimeline, id: JobId, type: string, time: Instant): void {
  const { blockedBy } = story;
  if (type === 'job.succeeded' || type === 'job.failed' || type === 'job.cancelled') {
    story.blockedBy = blockedBy.filter((job) => job !== id);
    const last = story.spans.at(-1);
    if (story.blockedBy.length > 0 || last?.kind !== 'blocked' || last.to !== undefined) return;
    close(story, time);
    wait(story, time);
  } else if (type === 'job.released' && !blockedBy.includes(id)) {
    blockedBy.push(id);
    const last = story.spans.at(-1);
    if (last?.to !== undefined || (last?.kind !== 'queued' && last?.kind !== 'delayed')) return;
    close(story, time);
    wait(story, time);
  }
}

function step(story: JobTimeline, name: string, at: Instant): void {
  const steps = story.spans.at(-1)?.steps;
  if (steps !== undefined && steps.length < MAX_SPAN_STEPS) steps.push({ name, at });
  else story.omitted += 1;
}

/** Waits until a moment at least. */
function delay(story: JobTimeline, time: Instant, readyAt: Instant): void {
  story.readyAt = readyAt;
  wait(story, time);
}

function putOff(story: JobTimeline, time: Instant, readyAt: Instant): void {
  close(story, time);
  delay(story, time, readyAt);
}

function lease(story: JobTimeline, { epoch, worker }: JobLeased, time: Instant): void {
  close(story, time);
  open(story, { kind: 'running', from: time, lease: { epoch, worker }, steps: [] });
}

function assign(story: JobTimeline, worker: string): void {
  const lease = story.spans.at(-1)?.lease;
  if (lease !== undefined) lease.worker = worker;
}

function release(story: JobTimeline, time: Instant, notBefore: Instant): void {
  close(story, time);
  delete story.settledAt;
  delete story.outcome;
  story.readyAt = notBefore;
  wait(story, time);
}

/** A delay, and a wait that has a time. */
function endsByItself({ kind, wait }: TimelineSpan): boolean {
  return kind === 'delayed' || wait?.until !== undefined;
}

function suspend(story: JobTimeline, { step: name, until, message }: JobSuspended, time: Instant): void {
  close(story, time, 'suspended');
  const wait = { step: name, ...(until !== undefined && { until }), ...(message && { message }) };
  story.readyAt = until ?? 0;
  open(story, { kind: 'waiting', from: time, wait });
}

/** A message that a handler waits for ends the wait, unless its time did before. */
function receive(story: JobTimeline, sent: MessageSent, time: Instant): void {
  const last = story.spans.at(-1);
  if (last === undefined) return;
  const { from, topic } = sent;
  const messages = (last.messages ??= []);
  if (messages.length < MAX_SPAN_STEPS)
    messages.push({ from, ...(topic !== undefined && { topic }), at: time });
  else story.omitted += 1;
  const { wait, to } = last;
  if (to !== undefined || wait?.message === undefined || (wait.until ?? Infinity) <= time) return;
  if (!isMeant(sent, wait.message)) return;
  close(story, time);
  story.readyAt = time;
  open(story, { kind: 'queued', from: time });
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
  if (endsByItself(last) && story.readyAt < time) {
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
