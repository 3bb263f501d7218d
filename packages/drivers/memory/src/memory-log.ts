// Guarantees those of EventLog, over frames in memory. An append is decided when it is called, in the order of the calls,
// unless it is held; `reopen` stands for the death of the process: what had not been committed by then is lost.

import { KernelError, NO_HASH } from '@tksm/abstractions';
import type {
  AppendOutcome,
  EventLog,
  Expected,
  Frame,
  FrameDraft,
  LogCapabilities,
  LogHead,
  LogStatistics,
  ReadOptions,
} from '@tksm/abstractions';
import { decodeFrame, encodeFrame, headAfter } from './frame-bytes.ts';
import type { EncodedFrame } from './frame-bytes.ts';

/** Largest payload unless told otherwise; what the disk's log takes too. */
export const DEFAULT_MAX_FRAME_BYTES = 8 * 1024 * 1024;

export interface MemoryLogOptions {
  /** Frames of an earlier log, as `frames()` gave them. */
  readonly frames?: readonly Uint8Array[];
  readonly maxFrameBytes?: number;
}

/** What the next append meets instead of success. */
export type AppendFault =
  /** Answers `unknown`, and the frame is in the log. */
  | 'unknown-written'
  /** Answers `unknown`, and the frame is not in the log. */
  | 'unknown-lost'
  /** Answers `conflict` with the true head. */
  | 'conflict';

/** An EventLog whose storage a test can save, share, break and kill. */
export interface MemoryLog extends EventLog {
  /** The frames as bytes, to be kept or compared. */
  frames(): readonly Uint8Array[];
  /** Faults for the next appends, one each, in this order. */
  failNext(...faults: AppendFault[]): void;
  /** Appends from now on wait, not yet durable, until the returned call. */
  hold(): () => void;
  /** Ends this handle as a crash would and opens another over the same frames. */
  reopen(): MemoryLog;
  /** A second handle over the same frames, as another process would have; this one stays open. */
  openAnother(): MemoryLog;
}

const EMPTY: LogHead = Object.freeze({ position: 0, hash: NO_HASH, epoch: 0, time: 0 });
const ENCODER = new TextEncoder();

/** A log in memory. @throws KernelError `LogDamaged` when the frames given are not a log */
export function createMemoryLog(options: MemoryLogOptions = {}): MemoryLog {
  const storage = new Storage(options.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES);
  for (const bytes of options.frames ?? []) storage.push(decodeFrame(bytes, storage.head));
  return new Handle(storage);
}

class Storage {
  readonly maxFrameBytes: number;
  readonly frames: EncodedFrame[] = [];
  head: LogHead = EMPTY;

  constructor(maxFrameBytes: number) {
    this.maxFrameBytes = maxFrameBytes;
  }

  push(encoded: EncodedFrame): void {
    this.frames.push(encoded);
    this.head = headAfter(encoded.frame);
  }

  /** Index of the frame that holds a position; the number of frames when it is past the head. */
  indexOf(position: number): number {
    let [low, high] = [0, this.frames.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const frame = this.frames[middle]?.frame;
      if (frame !== undefined && frame.position + frame.count <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

class Handle implements MemoryLog {
  readonly capabilities: LogCapabilities;
  readonly #storage: Storage;
  readonly #faults: AppendFault[] = [];
  #statistics: LogStatistics = { frames: 0, flushes: 0, bytes: 0 };
  #gate: Promise<void> | undefined;
  #release: () => void = () => undefined;
  #inFlight: Promise<AppendOutcome> | undefined;
  #unknown: KernelError | undefined;
  #state: 'open' | 'closed' | 'crashed' = 'open';

  constructor(storage: Storage) {
    this.#storage = storage;
    this.capabilities = Object.freeze({ durable: false, maxFrameBytes: storage.maxFrameBytes });
  }

  get statistics(): LogStatistics {
    return this.#statistics;
  }

  async head(): Promise<LogHead> {
    this.#checkOpen();
    return this.#storage.head;
  }

  read(options: ReadOptions = {}): AsyncIterable<Frame> {
    const { frames } = this.#storage;
    const [first, end] = [this.#storage.indexOf(options.from ?? 0), frames.length];
    const checkOpen = (): void => this.#checkOpen();
    return (async function* () {
      checkOpen();
      for (const { frame } of frames.slice(first, end)) {
        yield frame;
        checkOpen();
      }
    })();
  }

  async append(draft: FrameDraft, expected: Expected): Promise<AppendOutcome> {
    this.#checkOpen();
    const payload = ENCODER.encode(draft.payload);
    const limit = this.#storage.maxFrameBytes;
    if (payload.length > limit) {
      throw new KernelError('FrameTooLarge', `a frame of ${payload.length} bytes is over ${limit}`, {
        data: { bytes: payload.length, limit },
      });
    }
    if (this.#unknown !== undefined) return { status: 'unknown', cause: this.#unknown };
    if (this.#inFlight !== undefined) return { status: 'conflict', head: this.#storage.head };
    this.#inFlight = this.#appendAlone(draft, expected, payload);
    try {
      return await this.#inFlight;
    } finally {
      this.#inFlight = undefined;
    }
  }

  async #appendAlone(draft: FrameDraft, expected: Expected, payload: Uint8Array): Promise<AppendOutcome> {
    if (this.#gate !== undefined) await this.#gate;
    if (this.#state === 'crashed') return this.#becomeUnknown('the process of this log died');
    const { head } = this.#storage;
    const fault = this.#faults.shift();
    if (fault === 'conflict' || !follows(draft, expected, head)) return { status: 'conflict', head };
    if (fault === 'unknown-lost') return this.#becomeUnknown('the flush failed');
    const encoded = encodeFrame(draft, head, payload);
    this.#storage.push(encoded);
    const { frames, flushes, bytes } = this.#statistics;
    this.#statistics = { frames: frames + 1, flushes, bytes: bytes + encoded.bytes.length };
    if (fault === 'unknown-written') return this.#becomeUnknown('the flush failed');
    return { status: 'committed', head: this.#storage.head };
  }

  #becomeUnknown(why: string): AppendOutcome {
    this.#unknown = new KernelError('OutcomeUnknown', why);
    return { status: 'unknown', cause: this.#unknown };
  }

  async settle(): Promise<LogHead> {
    this.#checkOpen();
    await this.#inFlight;
    this.#unknown = undefined;
    return this.#storage.head;
  }

  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closed';
    await this.#inFlight;
  }

  frames(): readonly Uint8Array[] {
    return this.#storage.frames.map(({ bytes }) => bytes.slice());
  }

  failNext(...faults: AppendFault[]): void {
    this.#faults.push(...faults);
  }

  hold(): () => void {
    this.#gate ??= new Promise((resolve) => {
      this.#release = resolve;
    });
    return () => {
      this.#gate = undefined;
      this.#release();
    };
  }

  reopen(): MemoryLog {
    this.#state = 'crashed';
    this.#release();
    return this.openAnother();
  }

  openAnother(): MemoryLog {
    return new Handle(this.#storage);
  }

  #checkOpen(): void {
    if (this.#state !== 'open') throw new KernelError('LogClosed', 'the log is closed');
  }
}

function follows(draft: FrameDraft, expected: Expected, head: LogHead): boolean {
  return (
    expected.position === head.position &&
    expected.previousHash === head.hash &&
    Math.min(expected.epoch, draft.epoch) >= head.epoch
  );
}
