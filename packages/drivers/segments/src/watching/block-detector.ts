import { BLOCKED_LABEL_AT, LABEL_AT, LABEL_BYTES, WORD } from '../writing/control-block.ts';

/** How often the loop beats, and how often the writer thread looks, while handlers run. */
export const WATCH_PERIOD_MS = 250;
/** A loop that has not beaten for so long is blocked. */
const BLOCKED_AFTER_MS = 1000;
/** Looks without a beat before a block is believed: a process that was stopped as a whole has missed none. */
const BLOCKED_AFTER_LOOKS = 4;

/** The writer thread's side of the loop watch: sees that beats are missing, and says so while the loop cannot. */
export class BlockDetector {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Buffer;
  readonly #print: (line: string) => void;
  #beat = 0;
  #beatAt = 0;
  #looks = 0;
  #isReported = false;

  constructor(words: Int32Array<SharedArrayBuffer>, bytes: Buffer, print: (line: string) => void) {
    this.#words = words;
    this.#bytes = bytes;
    this.#print = print;
  }

  /** One look; `isDue` when it came after a whole period without anything else. */
  look(now: number, isDue: boolean): void {
    const beat = Atomics.load(this.#words, WORD.beat);
    if (beat !== this.#beat || Atomics.load(this.#words, WORD.busy) === 0) {
      this.#beat = beat;
      this.#beatAt = now;
      this.#looks = 0;
      this.#isReported = false;
      return;
    }
    if (isDue) this.#looks++;
    const silentMs = now - this.#beatAt;
    if (this.#isReported || this.#looks < BLOCKED_AFTER_LOOKS || silentMs <= BLOCKED_AFTER_MS) return;
    this.#isReported = true;
    this.#report(silentMs);
  }

  #report(silentMs: number): void {
    const length = Math.min(this.#words[WORD.labelBytes] ?? 0, LABEL_BYTES);
    this.#bytes.copy(this.#bytes, BLOCKED_LABEL_AT, LABEL_AT, LABEL_AT + length);
    this.#words[WORD.blockedLabelBytes] = length;
    Atomics.add(this.#words, WORD.blocks, 1);
    const label = this.#bytes.toString('latin1', LABEL_AT, LABEL_AT + length);
    this.#print(
      `${JSON.stringify({ level: 'warn', code: 'LoopBlocked', label, ms: Math.round(silentMs) })}\n`,
    );
  }
}
