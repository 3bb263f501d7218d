/**
 * Memory that the main thread shares with the writer thread: 32-bit words, read and written with Atomics where the
 * order matters, and three texts. One request at a time.
 */
export const CONTROL_BYTES = 4096;

/** Places of the words. */
export const WORD = Object.freeze({
  /** Goes up with each reason to wake the writer; it sleeps on this. */
  bell: 0,
  /** Number of the last request. */
  request: 1,
  /** Number of the last request that was answered; the main thread waits on this. */
  done: 2,
  /** 1 while the writer sleeps on the bell. */
  asleep: 3,
  /** 1 while the main thread sleeps until the request is answered. */
  waiting: 11,
  /** What is requested, one of {@link REQUEST}. */
  kind: 4,
  /** Bytes of the frame in the frame buffer. */
  frameBytes: 5,
  /** 1 when the request failed; the error text says why. */
  failed: 6,
  errorBytes: 7,
  /** Flushes that requests waited for. */
  flushes: 8,
  /** Times the writer woke up. */
  wakeUps: 9,
  /** How the next append is to fail, one of {@link FAULT}; for tests. */
  fault: 10,
  /** 1 while the loop's beat is watched. */
  watched: 16,
  /** 1 while a handler runs. */
  busy: 17,
  /** Goes up with each beat of the loop. */
  beat: 18,
  labelBytes: 19,
  /** Number of blocks reported. */
  blocks: 20,
  blockedLabelBytes: 21,
});

export const REQUEST = Object.freeze({ open: 1, append: 2, close: 3 });

/** `unwritten` fails before the frame is written, `unflushed` between writing and flushing, `torn` in its middle. */
export const FAULT = Object.freeze({ none: 0, unwritten: 1, unflushed: 2, torn: 3 });
export type Fault = Exclude<keyof typeof FAULT, 'none'>;

/** Places of the texts. */
export const HASH_AT = 256;
export const HASH_BYTES = 64;
/** Two float64: segment and offset of the last frame's end. */
const PLACE_AT = 320;
export const ERROR_AT = 512;
export const ERROR_BYTES = 1024;
export const LABEL_AT = 2048;
export const BLOCKED_LABEL_AT = 2304;
/** Longest label kept, in characters. */
export const LABEL_BYTES = 128;

/** Views of a control block. */
export interface ControlBlock {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly bytes: Buffer<SharedArrayBuffer>;
  /** Segment and offset of the last frame's end. */
  readonly place: Float64Array<SharedArrayBuffer>;
}

export function viewsOf(shared: SharedArrayBuffer): ControlBlock {
  return {
    words: new Int32Array(shared),
    bytes: Buffer.from(shared),
    place: new Float64Array(shared, PLACE_AT, 2),
  };
}

/** Wakes the writer if it sleeps. */
export function ringBell(words: Int32Array<SharedArrayBuffer>): void {
  Atomics.add(words, WORD.bell, 1);
  if (Atomics.load(words, WORD.asleep) === 1) Atomics.notify(words, WORD.bell);
}

/** What the writer is told when it opens a log. */
export interface OpenRequest {
  readonly logFolder: string;
  readonly segment: number;
  readonly offset: number;
  readonly segmentBytes: number;
  readonly hash: string;
  readonly nextSlot: 0 | 1;
  /** Length at which a segment is closed. */
  readonly maxSegmentBytes: number;
}

/** What the writer says when a request failed. */
export interface WriterFailure {
  /** Name of the system's error, as `EIO`. */
  readonly errno: string;
  readonly message: string;
}
