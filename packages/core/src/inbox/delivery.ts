import { isSystemKind, KernelError } from '@tksm/abstractions';
import type { HandleId, Instant, JobId, MessageSent, StoredValue } from '@tksm/abstractions';
import type { Authority } from '../authority/authority.ts';
import { onJob } from '../authority/required-rights.ts';
import { isJobId } from '../jobs/derive-id.ts';
import type { RetiredRecords } from '../retention/retired-records.ts';
import type { Settings } from '../settings/settings.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { INBOX_LIMITS } from './inbox-limits.ts';
import { bodyBytes } from './inbox-state.ts';

/** Longest topic, and longest name of a sender. */
const MAX_TEXT = 128;

/** A message on its way into an inbox. */
export interface Delivery {
  readonly to: JobId;
  readonly from: string;
  readonly topic: string | undefined;
  readonly body: StoredValue;
}

/** What is looked at to deliver. */
interface Zone {
  readonly authority: Authority;
  readonly now: Instant;
  readonly state: KernelState;
  readonly retired: RetiredRecords;
  readonly settings: Settings;
}

/**
 * The events of messages that are sent together, in their order. `isNew` tells of jobs that are submitted with them.
 *
 * @throws KernelError as `checkOpen`; `InboxFull`
 */
export function deliver(
  zone: Zone,
  deliveries: readonly Delivery[],
  by: HandleId,
  isNew: (job: JobId) => boolean,
): MessageSent[] {
  const added = new Map<JobId, { messages: number; bytes: number }>();
  return deliveries.map(({ to, from, topic, body }) => {
    if (!isNew(to)) checkOpen(zone, to, by);
    let sum = added.get(to);
    if (sum === undefined) {
      const inbox = zone.state.jobs.get(to)?.inbox;
      added.set(to, (sum = { messages: inbox?.messages.length ?? 0, bytes: inbox?.bytes ?? 0 }));
    }
    sum.messages += 1;
    sum.bytes += bodyBytes(body);
    const limits = zone.settings.get(INBOX_LIMITS);
    if (sum.messages > limits.messages || sum.bytes > limits.bytes) throw full(to, limits);
    return { type: 'message.sent', v: 1, job: to, by, from, ...(topic !== undefined && { topic }), body };
  });
}

/**
 * Whether a job takes messages. Who may not send it any learns nothing of it.
 *
 * @throws KernelError `CapabilityDenied`, `JobNotFound`, `InboxClosed`; `InvalidOperation` for a job of the kernel's own
 */
export function checkOpen(zone: Omit<Zone, 'settings'>, to: JobId, by: HandleId): void {
  const { authority, state, retired, now } = zone;
  const data = { job: to };
  const job = state.jobs.get(to) ?? retired.job(to);
  authority.check(by, onJob('inbox.send', to, job?.spec.kind), now);
  if (job === undefined) throw new KernelError('JobNotFound', `there is no job ${to}`, { data });
  if (isSystemKind(job.spec.kind)) {
    throw new KernelError('InvalidOperation', `${to} is a job of the kernel's own`, { data });
  }
  const over = job.outcome?.status ?? (job.returned === undefined ? undefined : 'returned');
  if (over === undefined) return;
  throw new KernelError('InboxClosed', `job ${to} has ${over} and reads no messages any more`, {
    data: { job: to, status: over },
  });
}

/** @throws KernelError `InvalidInput` */
export function checkTopic(topic: unknown): string | undefined {
  return topic === undefined ? undefined : text(topic, 'topic');
}

/** The name of a sender outside; ids of jobs are theirs alone. @throws KernelError `InvalidInput` */
export function checkSender(from: unknown): string {
  const name = text(from, 'from');
  if (!isJobId(name)) return name;
  throw new KernelError('InvalidInput', 'from looks like the id of a job; only that job sends under it', {
    data: { field: 'from' },
  });
}

/** @throws KernelError `InvalidInput` */
export function text(value: unknown, field: string): string {
  const fits = typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT;
  if (fits && !/\p{Surrogate}/u.test(value)) return value;
  throw new KernelError('InvalidInput', `${field} is a text of 1 to ${MAX_TEXT} characters`, {
    data: { field },
  });
}

function full(job: JobId, { messages, bytes }: { messages: number; bytes: number }): KernelError {
  const message = `the inbox of job ${job} is full: it holds ${messages} messages or ${bytes} bytes unread`;
  return new KernelError('InboxFull', message, { data: { job, messages, bytes } });
}
