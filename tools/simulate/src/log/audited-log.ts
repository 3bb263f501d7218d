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

export interface LogAuditor {
  committed(frame: Frame): void;
  recovered(frames: readonly Frame[]): void;
  unknown(): void;
}

/** A log whose every answer is told to an auditor before anybody else hears it. */
export class AuditedLog implements EventLog {
  readonly #log: EventLog;
  readonly #auditor: LogAuditor;

  constructor(log: EventLog, auditor: LogAuditor) {
    this.#log = log;
    this.#auditor = auditor;
  }

  get capabilities(): EventLog['capabilities'] {
    return this.#log.capabilities;
  }

  get statistics(): LogStatistics {
    return this.#log.statistics;
  }

  head(): Promise<LogHead> {
    return this.#log.head();
  }

  read(options?: ReadOptions): AsyncIterable<Frame> {
    return this.#log.read(options);
  }

  async append(draft: FrameDraft, expected: Expected): Promise<AppendOutcome> {
    const outcome = await this.#log.append(draft, expected);
    if (outcome.status === 'unknown') this.#auditor.unknown();
    if (outcome.status === 'committed') {
      const { time, epoch, count, payload } = draft;
      const { position, previousHash } = expected;
      const bytes = Buffer.from(payload);
      this.#auditor.committed({
        position,
        count,
        time,
        epoch,
        previousHash,
        hash: outcome.head.hash,
        payload: bytes,
      });
    }
    return outcome;
  }

  async settle(): Promise<LogHead> {
    const head = await this.#log.settle();
    const frames: Frame[] = [];
    for await (const frame of this.#log.read()) frames.push(frame);
    this.#auditor.recovered(frames);
    return head;
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
