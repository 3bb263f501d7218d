import { KernelError } from '@tksm/abstractions';
import type { AppendOutcome, Clock, EventLog, Instant, LogHead, Timers } from '@tksm/abstractions';
import type { KernelEvent } from '@tksm/abstractions';
import { Batch } from './batch.ts';
import type { Waiter } from './batch.ts';

/** UTF-16 units after which a batch is closed; a frame is at most this and one group of events more. */
const BATCH_LENGTH = 1_048_576;

/** Batches that may wait for a log that is slower than what is decided: 128 Mi units in all. */
const MOST_WAITING = 128;

export interface CommitListener {
  /** A frame became durable: called before its waiters. */
  durable(batch: Batch): void;
  /** The log did not take a frame; everything after the durable head is lost. */
  trouble(outcome: Exclude<AppendOutcome, { status: 'committed' }>): void;
}

/**
 * Group commit. Guarantees:
 *
 * 1. Frames are appended one at a time, in order; whatever is queued meanwhile shares the next flush.
 * 2. A waiter hears `durable` only after the log has answered `committed` for its frame.
 * 3. After the first outcome that is not `committed`, every waiter hears `lost`, those that come later too, and nothing
 *    more is appended.
 */
export class Committer {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #listener: CommitListener;
  readonly #epoch: () => number;
  #head: LogHead;
  #closed: Batch[] = [];
  #open: Batch | undefined;
  #inFlight: Batch | undefined;
  /** The latest time at which something was due. */
  #seen: Instant = 0;
  #scheduled = false;
  #stopped = false;
  #lost: KernelError | undefined;
  readonly #batchLength: number;

  constructor(
    log: EventLog,
    head: LogHead,
    ports: { clock: Clock; timers: Timers },
    epoch: () => number,
    listener: CommitListener,
  ) {
    this.#log = log;
    // A unit has at most three bytes: half a frame is left for one more group, which is never larger than that.
    this.#batchLength = Math.min(BATCH_LENGTH, Math.floor(log.capabilities.maxFrameBytes / 6));
    this.#head = head;
    this.#clock = ports.clock;
    this.#timers = ports.timers;
    this.#epoch = epoch;
    this.#listener = listener;
  }

  /** The durable head. */
  get head(): LogHead {
    return this.#head;
  }

  /** Whether everything that was added is durable. */
  get idle(): boolean {
    if (this.#lost !== undefined || this.#inFlight !== undefined) return false;
    return (this.#open?.events.length ?? 0) === 0 && this.#closed.length === 0;
  }

  /** Whether so much waits for the log that no more should be decided. */
  get isBehind(): boolean {
    return this.#closed.length >= MOST_WAITING;
  }

  /** Time of the frame that the next event goes into. */
  get time(): Instant {
    return this.#current().time;
  }

  /**
   * Time has passed, and something is due because of it: what is decided now goes into a frame of its own, so that no
   * event is recorded at a time at which it was not due yet, also when the clock is set back meanwhile.
   */
  turn(now: Instant): void {
    this.#seen = Math.max(this.#seen, now);
    if (this.#open === undefined || this.#open.events.length === 0 || this.#open.time >= now) return;
    this.#closed.push(this.#open);
    this.#open = undefined;
  }

  /**
   * Adds events that belong together and were applied at `time`; they share a frame.
   *
   * @param text JSON of each event, with commas between
   */
  add(events: readonly KernelEvent[], text: string, time: Instant): void {
    const batch = this.#opened(time);
    batch.add(events, text);
    this.#schedule();
    if (batch.length > this.#batchLength) {
      this.#closed.push(batch);
      this.#open = undefined;
    }
  }

  /** Calls when everything added so far is durable, at once when it is; or when it never will be. */
  wait(waiter: Waiter): void {
    if (this.#lost !== undefined) {
      waiter.lost(this.#lost);
      return;
    }
    const batch =
      this.#open && this.#open.events.length > 0 ? this.#open : (this.#closed.at(-1) ?? this.#inFlight);
    if (batch === undefined) waiter.durable();
    else batch.waiters.push(waiter);
  }

  /** Gives up what is not durable. */
  abandon(error: KernelError): void {
    this.#stopped = true;
    if (!this.idle) this.#lost = error;
    const batches = [this.#inFlight, ...this.#closed, this.#open];
    this.#inFlight = this.#open = undefined;
    this.#closed = [];
    for (const batch of batches) for (const waiter of batch?.waiters ?? []) waiter.lost(error);
  }

  #current(): Batch {
    // An empty batch is made anew: its time would be that of a decision which came to nothing.
    if (this.#open !== undefined && this.#open.events.length > 0) return this.#open;
    const before = this.#closed.at(-1) ?? this.#inFlight;
    return this.#opened(Math.max(before?.time ?? this.#head.time, this.#seen, this.#clock.now()));
  }

  /** The open batch. The clock may have gone on since `time` was read: a frame has the time its events were applied at. */
  #opened(time: Instant): Batch {
    if (this.#open !== undefined && this.#open.events.length > 0) return this.#open;
    const before = this.#closed.at(-1) ?? this.#inFlight;
    this.#open = new Batch(time, before?.end ?? this.#head.position);
    return this.#open;
  }

  #schedule(): void {
    if (this.#scheduled || this.#inFlight !== undefined) return;
    this.#scheduled = true;
    this.#timers.soon(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#stopped || this.#inFlight !== undefined) return;
    let batch = this.#closed.shift();
    if (batch === undefined) {
      batch = this.#open;
      this.#open = undefined;
    }
    if (batch === undefined || batch.events.length === 0) return;
    this.#inFlight = batch;
    const { position, hash: previousHash } = this.#head;
    const epoch = this.#epoch();
    const draft = { time: batch.time, epoch, count: batch.events.length, payload: batch.payload() };
    this.#log.append(draft, { position, previousHash, epoch }).then(
      (outcome) => this.#answered(outcome),
      (cause: unknown) => {
        const error = new KernelError('OutcomeUnknown', 'the log failed while it appended', { cause });
        this.#answered({ status: 'unknown', cause: error });
      },
    );
  }

  #answered(outcome: AppendOutcome): void {
    const batch = this.#inFlight;
    if (batch === undefined || this.#stopped) return;
    if (outcome.status !== 'committed') {
      this.#stopped = true;
      this.#listener.trouble(outcome);
      return;
    }
    this.#head = outcome.head;
    this.#inFlight = undefined;
    this.#listener.durable(batch);
    for (const waiter of batch.waiters) waiter.durable();
    if (!this.idle) this.#schedule();
  }
}
