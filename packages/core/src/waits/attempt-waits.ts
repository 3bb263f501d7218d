// Guarantees: a wait is recorded as a step when it is over, once over all attempts; until then its attempt has ended, and
// holds nothing; an end that was once decided (`until`) stays what it was, whatever a later attempt asks for.

import { fromStored, KernelError } from '@tksm/abstractions';
import type {
  Instant,
  Message,
  MessageFilter,
  MessageRecord,
  ReceiveOptions,
  StoredObject,
  StoredValue,
} from '@tksm/abstractions';
import { checkTopic, text } from '../inbox/delivery.ts';
import type { Attempt } from '../jobs/attempt.ts';
import type { AttemptHost } from '../jobs/attempt-host.ts';
import type { Effects } from '../jobs/effects.ts';
import type { StepOrder } from '../jobs/step-order.ts';

/** Longest time of a wait: 100 years. */
const MAX_WAIT_MS = 100 * 365 * 86_400_000;

interface Named {
  readonly name?: string;
}

/** What ends a wait. */
interface End {
  /** The moment, for a wait that begins now. */
  readonly until?: (now: Instant) => Instant;
  readonly message?: MessageFilter;
}

export interface WaitParts {
  readonly host: AttemptHost;
  readonly attempt: Attempt;
  readonly steps: StepOrder;
  readonly effects: Effects;
}

/** The waits of one attempt. */
export class AttemptWaits {
  readonly #parts: WaitParts;

  constructor(parts: WaitParts) {
    this.#parts = parts;
  }

  async sleep(delayMs: number, { name = this.#nameFor('sleep') }: Named = {}): Promise<void> {
    const ms = duration(delayMs, 'delayMs');
    await this.#wait(name, { until: (now) => now + ms });
  }

  async sleepUntil(at: Instant, { name = this.#nameFor('sleep') }: Named = {}): Promise<void> {
    const until = instant(at);
    await this.#wait(name, { until: () => until });
  }

  async waitFor(filter: MessageFilter, options: ReceiveOptions = {}): Promise<Message | undefined> {
    const { timeoutMs, name = this.#nameFor('waitFor') } = options;
    const message = checkFilter(filter);
    if (timeoutMs === undefined) return await this.#wait(name, { message });
    const ms = duration(timeoutMs, 'timeoutMs');
    return await this.#wait(name, { message, until: (now) => now + ms });
  }

  async tryReceive(filter: MessageFilter = {}): Promise<Message | undefined> {
    return await this.#wait(this.#nameFor('tryReceive'), {
      message: checkFilter(filter),
      until: (now) => now,
    });
  }

  #nameFor(sort: string): string {
    return this.#parts.steps.nameFor(sort);
  }

  async #wait(name: string, end: End): Promise<Message | undefined> {
    const { host, attempt, steps, effects } = this.#parts;
    if (attempt.isSuspended) return await never();
    const recorded = steps.begin(name);
    if (recorded !== undefined) {
      effects.clear();
      return await this.#given(recorded.output);
    }
    try {
      const { wait } = attempt.job;
      // What came before an open wait was recorded with it.
      if (wait !== undefined) effects.clear();
      else if (effects.isUnchecked) await effects.checked();
      attempt.throwIfEnding();
      const { now } = host.engine;
      const until = wait === undefined ? end.until?.(now) : wait.until;
      const found = end.message && attempt.job.inbox?.first(end.message);
      if (found === undefined && (until === undefined || until > now)) {
        host.suspend(attempt, { step: name, ...(until !== undefined && { until }), ...ofMessage(end) });
        return await never();
      }
      const output = found === undefined ? null : asOutput(found);
      await host.stepped(attempt, { name, output, received: found?.position });
      steps.recorded();
      return await this.#given(output);
    } catch (error) {
      steps.failed(error);
      throw error;
    }
  }

  async #given(output: StoredValue): Promise<Message | undefined> {
    if (output === null) return undefined;
    return fromStored(await this.#parts.attempt.reveal(output)) as unknown as Message;
  }
}

function ofMessage({ message }: End): { readonly message?: MessageFilter } {
  return message === undefined ? {} : { message };
}

function asOutput({ position, sentAt, from, topic, body }: MessageRecord): StoredObject {
  return { position, sentAt, from, ...(topic !== undefined && { topic }), body };
}

/** A promise that nobody settles and nobody holds: what waits for it is forgotten. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** @throws KernelError `InvalidInput` */
function checkFilter(filter: MessageFilter): MessageFilter {
  if (typeof filter !== 'object' || filter === null) {
    throw new KernelError('InvalidInput', 'a filter is { topic?, from? }');
  }
  const topic = checkTopic(filter.topic);
  const from = filter.from === undefined ? undefined : text(filter.from, 'from');
  return { ...(topic !== undefined && { topic }), ...(from !== undefined && { from }) };
}

/** @throws KernelError `InvalidInput` */
function duration(ms: number, field: string): number {
  if (typeof ms === 'number' && ms >= 0 && ms <= MAX_WAIT_MS) return Math.ceil(ms);
  throw new KernelError('InvalidInput', `${field} is a number of ms from 0 to ${MAX_WAIT_MS}`, {
    data: { field },
  });
}

/** @throws KernelError `InvalidInput` */
function instant(at: Instant): Instant {
  if (Number.isSafeInteger(at) && at >= 0) return at;
  throw new KernelError('InvalidInput', 'the moment is a whole number of ms since 1970', {
    data: { field: 'at' },
  });
}
