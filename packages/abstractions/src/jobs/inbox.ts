import type { Instant, JobId, Position } from '../runtime/ids.ts';
import type { StoredValue, Value } from '../values/value.ts';

/** Which messages are meant. Without a field: any. */
export interface MessageFilter {
  readonly topic?: string;
  /** Who sent it: the id of a job, or the name that a sender outside gave. */
  readonly from?: string;
}

/** A message as it stands in the log. Its position is its name, and its place among all of its inbox. */
export interface MessageRecord {
  readonly position: Position;
  readonly sentAt: Instant;
  readonly from: string;
  readonly topic?: string;
  readonly body: StoredValue;
}

/** Whether a message is one that is meant. */
export function isMeant(
  message: Pick<MessageRecord, 'from' | 'topic'>,
  { topic, from }: MessageFilter,
): boolean {
  return (topic === undefined || message.topic === topic) && (from === undefined || message.from === from);
}

/** A message as a handler is given it. */
export interface Message extends Omit<MessageRecord, 'body'> {
  readonly body: Value;
}

/** How long a message is waited for. */
export interface ReceiveOptions {
  /** After so many ms the wait ends without a message. Default: it does not end. */
  readonly timeoutMs?: number;
  /** Name of the step; default: the call and its number, as `waitFor#2`. */
  readonly name?: string;
}

/** The inbox of a job, for its handler. Messages of one sender are given in the order in which they were sent. */
export interface AttemptInbox {
  /** Waits for the oldest message that is not read yet. As `waitFor` without a filter. */
  receive(): Promise<Message>;
  receive(options: ReceiveOptions): Promise<Message | undefined>;
  /** The oldest message that fits, if there is one. A step: a later attempt is given the same. */
  tryReceive(filter?: MessageFilter): Promise<Message | undefined>;
  /**
   * Sends a message to a job of this zone: an effect, committed with the step or the result.
   *
   * @throws KernelError `JobNotFound`, `InboxClosed`, `InvalidInput`; found out only when it is committed, `InboxClosed` and
   * `InboxFull` fail the attempt, which is tried again
   */
  send(job: JobId, body: Value, options?: { readonly topic?: string }): void;
}

/** What a job is suspended for: from when its handler came to a wait until the step of that wait is recorded. */
export interface OpenWait {
  /** Name of the step that the handler waits in. */
  readonly step: string;
  /** When it ends by itself. */
  readonly until?: Instant;
  /** Which message ends it. */
  readonly message?: MessageFilter;
  /** The message that ended it: the job is to run again. */
  readonly arrived?: Position;
}
