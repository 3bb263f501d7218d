import type { Clock, Instant } from '@tksm/abstractions';
import { mustHold } from './violation.ts';

/** What moves further at once is a jump; see ADR 0027. */
const JUMP_MS = 5 * 60_000;
/** A jump ahead is not believed earlier. */
const HOLD_MS = 60_000;

/** Sees that a clock that jumps ahead is waited out before any frame has its time. Begins anew with each incarnation. */
export class ClockWatch {
  readonly #clock: Clock;
  #last: { readonly time: Instant; readonly monotonic: number } | undefined;
  /** Small corrections ahead since the last frame: they are followed at once. */
  #corrected = 0;
  #jumpedAt: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The wall clock was set. */
  jumped(ms: number): void {
    if (ms > JUMP_MS) this.#jumpedAt ??= this.#clock.monotonic();
    else this.#corrected += Math.max(0, ms);
  }

  framed(time: Instant): void {
    const monotonic = this.#clock.monotonic();
    const isHeld = this.#jumpedAt !== undefined && monotonic - this.#jumpedAt < HOLD_MS;
    if (this.#last !== undefined && isHeld) {
      const elapsed = monotonic - this.#last.monotonic;
      const ahead = time - this.#last.time - elapsed - this.#corrected;
      // An earlier pause may have been believed meanwhile: that brings a frame ahead, but not to where the clock is now.
      const isFollowed = ahead > JUMP_MS && Math.abs(this.#clock.now() - time) <= JUMP_MS;
      mustHold('jumps-are-held', !isFollowed, `a frame is ${ahead} ms ahead, soon after a jump`);
    }
    this.#last = { time, monotonic };
    this.#corrected = 0;
  }
}
