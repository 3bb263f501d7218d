import type { Clock, Instant, Logger } from '@tksm/abstractions';

/** A wall clock that moves further than this from what elapsed has jumped. */
export const CLOCK_JUMP_MS = 5 * 60_000;
/** A jump forward that lasts this long while the kernel runs is believed. */
export const JUMP_HOLD_MS = 60_000;
/** A pause between two lives of a zone that is not believed at once: it may be a clock set wrong. */
export const LONG_PAUSE_MS = 30 * 24 * 3_600_000;
/** Such a pause is believed when the wall clock still says so this much later. */
export const PAUSE_HOLD_MS = 5_000;

/** Why the time here is not the wall clock's. */
export interface ClockDoubt {
  /** How far the wall clock is ahead of the zone's time; below zero when it is behind. */
  readonly aheadMs: number;
  /** How much longer it must last to be believed. Absent when it is behind: time never goes back. */
  readonly leftMs?: number;
}

interface Jump {
  /** Wall time less monotonic time, as it was when the jump was seen. */
  readonly offset: number;
  readonly since: number;
  readonly holdMs: number;
}

/**
 * The time of a zone, as its sequencer tells it (ADR 0027). Guarantees:
 *
 * 1. It follows the wall clock, also through small corrections.
 * 2. After a jump forward it goes on by elapsed time, until the jump has lasted for a while: nothing falls due, expires or
 *    is stamped by a clock that somebody corrects soon.
 * 3. While the wall clock is behind it goes on by elapsed time: nothing stands still that waits for a delay.
 */
export class SequencerClock implements Clock {
  readonly #source: Clock;
  readonly #logger: Logger;
  #offset: number;
  #jump: Jump | undefined;
  #behind = false;
  #aheadMs = 0;

  /** @param last time of the log's last frame; 0 when there is none */
  constructor(source: Clock, last: Instant, logger: Logger) {
    this.#source = source;
    this.#logger = logger;
    const wall = source.now();
    const monotonic = source.monotonic();
    const pauseMs = wall - last;
    const believed = last === 0 || (pauseMs <= LONG_PAUSE_MS && pauseMs >= -CLOCK_JUMP_MS);
    this.#offset = (believed ? wall : last) - monotonic;
    if (pauseMs > LONG_PAUSE_MS && !believed) this.#hold(wall, monotonic, PAUSE_HOLD_MS);
  }

  now(): Instant {
    const wall = this.#source.now();
    const monotonic = this.#source.monotonic();
    const expected = Math.floor(monotonic + this.#offset);
    this.#aheadMs = wall - expected;
    if (Math.abs(this.#aheadMs) <= CLOCK_JUMP_MS) return this.#follow(wall, monotonic);
    if (this.#aheadMs < 0) {
      if (!this.#behind) this.#warn('the wall clock is behind the log; time goes on from there');
      this.#behind = true;
      this.#jump = undefined;
      return expected;
    }
    this.#behind = false;
    const known = this.#jump;
    if (known === undefined || Math.abs(wall - monotonic - known.offset) > CLOCK_JUMP_MS) {
      this.#hold(wall, monotonic, JUMP_HOLD_MS);
    } else if (monotonic - known.since >= known.holdMs) {
      this.#warn('the wall clock jumped and stayed there; it is believed now');
      return this.#follow(wall, monotonic);
    }
    return expected;
  }

  monotonic(): number {
    return this.#source.monotonic();
  }

  /** Whether a jump is being waited out, as far as was seen. Reads no clock. */
  get holding(): boolean {
    return this.#jump !== undefined;
  }

  /** Whether the wall clock is believed, as of now. */
  get doubt(): ClockDoubt | undefined {
    this.now();
    const aheadMs = this.#aheadMs;
    if (this.#behind) return { aheadMs };
    if (this.#jump === undefined) return undefined;
    const { since, holdMs } = this.#jump;
    return { aheadMs, leftMs: Math.max(0, since + holdMs - this.#source.monotonic()) };
  }

  #follow(wall: Instant, monotonic: number): Instant {
    this.#offset = wall - monotonic;
    this.#jump = undefined;
    this.#behind = false;
    return wall;
  }

  #hold(wall: Instant, monotonic: number, holdMs: number): void {
    this.#aheadMs = wall - Math.floor(monotonic + this.#offset);
    this.#jump = { offset: wall - monotonic, since: monotonic, holdMs };
    this.#warn('the wall clock jumped ahead; nothing falls due by it until it stays there');
  }

  #warn(message: string): void {
    this.#logger.log('warn', message, { aheadMs: Math.round(this.#aheadMs) });
  }
}
