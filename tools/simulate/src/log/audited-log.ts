// The log as a kernel on a simulated machine meets it: answers take their time, an auditor hears them before anybody else,
// and a machine that died answers nothing.

import type {
  AppendOutcome,
  EventLog,
  Expected,
  Frame,
  FrameDraft,
  LogHead,
  LogStatistics,
  ReadOptions,
} from '@tksm/abstractions';
import { DiskGone } from '../disk/fault.ts';

interface LogAuditor {
  committed(frame: Frame): void;
  recovered(frames: readonly Frame[]): void;
  unknown(): void;
}

export interface AuditedLogParts {
  readonly log: EventLog;
  readonly auditor: LogAuditor;
  /** Takes the time that a disk takes. */
  latency(): Promise<void>;
  isDead(): boolean;
}

export class AuditedLog implements EventLog {
  readonly #parts: AuditedLogParts;

  constructor(parts: AuditedLogParts) {
    this.#parts = parts;
  }

  get capabilities(): EventLog['capabilities'] {
    return this.#parts.log.capabilities;
  }

  get statistics(): LogStatistics {
    return this.#parts.log.statistics;
  }

  head(): Promise<LogHead> {
    return this.#parts.log.head();
  }

  async *read(options?: ReadOptions): AsyncGenerator<Frame> {
    const frames = this.#parts.log.read(options)[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await this.#alive(frames.next());
      if (done === true) return;
      yield value as Frame;
    }
  }

  async append(draft: FrameDraft, expected: Expected): Promise<AppendOutcome> {
    const { log, auditor, latency } = this.#parts;
    await latency();
    const outcome = await this.#alive(log.append(draft, expected));
    // It may have died since: then nobody hears of it, but it is durable.
    await this.#alive(latency());
    if (outcome.status === 'unknown') auditor.unknown();
    if (outcome.status === 'committed') {
      const { time, epoch, count, payload } = draft;
      const { position, previousHash } = expected;
      const { hash } = outcome.head;
      auditor.committed({ position, count, time, epoch, previousHash, hash, payload: Buffer.from(payload) });
    }
    return outcome;
  }

  async settle(): Promise<LogHead> {
    const { log, auditor, latency } = this.#parts;
    await latency();
    const head = await this.#alive(log.settle());
    auditor.recovered(await framesOf(this));
    return head;
  }

  close(): Promise<void> {
    return this.#alive(this.#parts.log.close());
  }

  async #alive<T>(promise: Promise<T>): Promise<T> {
    const { isDead } = this.#parts;
    return await promise.then(
      (value) => (isDead() ? never() : value),
      (error: unknown) => {
        // By the time this is heard the machine may live again; what died with it stays dead.
        if (isDead() || error instanceof DiskGone) return never();
        throw error;
      },
    );
  }
}

/** Every frame of a log. */
export async function framesOf(log: Pick<EventLog, 'read'>): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of log.read()) frames.push(frame);
  return frames;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
