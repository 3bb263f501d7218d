// What may happen to a handler's waits and messages: a wait ends at its time or with a message that is meant, and not before;
// a message is read once, and no later one of its sender before it.

import type { JobStepped, JobSuspended, MessageFilter, MessageSent } from '@tksm/abstractions';
import type { AuditedJob } from './audited-job.ts';
import { mustHold } from './violation.ts';

export function suspend(job: AuditedJob, event: JobSuspended, what: string): void {
  mustHold('steps-once', !job.steps.has(event.step), `${what} waits at ${event.step}, which is over`);
  job.wait = event;
  job.hasWaited = true;
  job.woken = undefined;
}

export function receive(job: AuditedJob, event: MessageSent, at: { position: number; time: number }): void {
  const what = `message.sent at ${at.position} for ${job.id}`;
  mustHold('inbox-open', job.settled === undefined && !job.returned, `${what}, which reads no more`);
  job.unread.set(at.position, event);
  const { message, until = Number.POSITIVE_INFINITY } = job.wait ?? {};
  if (message !== undefined && until > at.time && isMeant(event, message)) job.woken ??= at.position;
}

/** Whether a job is in no wait, or in one that is over. */
export function isOver({ wait, woken }: AuditedJob, time: number): boolean {
  return wait === undefined || woken !== undefined || (wait.until ?? Number.POSITIVE_INFINITY) <= time;
}

/** A step that is recorded ends the wait, and has read at most one message. */
export function endWait(job: AuditedJob, { received, name }: JobStepped, what: string): void {
  mustHold(
    'waits-end',
    (job.wait?.step ?? name) === name,
    `${what}: ${name} instead of ${job.wait?.step ?? ''}`,
  );
  job.wait = undefined;
  job.woken = undefined;
  if (received === undefined) return;
  const read = job.unread.get(received);
  mustHold('messages-once', read !== undefined, `${what} reads message ${received}, which is not there`);
  for (const [position, { from, topic }] of job.unread) {
    const isPassedOver = position < received && from === read?.from && topic === read.topic;
    mustHold('messages-in-order', !isPassedOver, `${what} reads ${received} before ${position}`);
  }
  job.unread.delete(received);
}

function isMeant(sent: MessageSent, { topic = sent.topic, from = sent.from }: MessageFilter): boolean {
  return sent.topic === topic && sent.from === from;
}
