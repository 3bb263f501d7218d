import { isMeant, KernelError } from '@tksm/abstractions';
import type { Instant, MessageSent, OpenWait, Position } from '@tksm/abstractions';
import { InboxState } from '../inbox/inbox-state.ts';
import type { JobState } from './job-state.ts';
import type { KernelState } from './kernel-state.ts';

/** Puts a message into an inbox. One that its job waits for ends the wait, unless its time ended it before. */
export function applyMessage(
  state: KernelState,
  { job: id, from, topic, body }: MessageSent,
  position: Position,
  sentAt: Instant,
): void {
  const job = state.jobs.get(id);
  if (job === undefined) {
    const message = `event ${position} is for the inbox of a job that is not there`;
    throw new KernelError('LogDamaged', message, { data: { position } });
  }
  const sent = { position, sentAt, from, ...(topic !== undefined && { topic }), body };
  (job.inbox ??= new InboxState()).add(sent);
  const { wait } = job;
  if (wait?.message !== undefined && !isOver(wait, sentAt) && isMeant(sent, wait.message)) {
    job.wait = { ...wait, arrived: position };
  }
  state.touch('job', id);
}

function isOver({ until, arrived }: OpenWait, now: Instant): boolean {
  return arrived !== undefined || (until !== undefined && until <= now);
}

/** Takes the message out that a step has read. */
export function applyReceipt(job: JobState, received: Position, position: Position): void {
  if (job.inbox?.take(received) !== true) {
    const message = `event ${position} reads message ${received}, which is not in the inbox`;
    throw new KernelError('LogDamaged', message, { data: { position } });
  }
  if (job.inbox.messages.length === 0) job.inbox = undefined;
}
