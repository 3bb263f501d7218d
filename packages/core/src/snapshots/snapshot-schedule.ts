import { isKernelError } from '@tksm/abstractions';
import type { Clock, Logger, Position, SnapshotMaker } from '@tksm/abstractions';

/** Events after which a snapshot is made, unless told otherwise: half a second of replay. */
export const DEFAULT_SNAPSHOT_EVERY = 250_000;
/** The maker works at most one part of this many of the time. */
const REST_PARTS = 9;

/** A kernel that has just begun may have a burst to work off, and is left alone for so long, */
const FIRST_REST_MS = 20_000;
/** unless it is this many times further from its newest snapshot than it should be. */
const FAR_BEHIND = 4;

export interface ScheduleParts {
  readonly maker: SnapshotMaker;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Events between two snapshots. */
  readonly every: number;
}

/**
 * When snapshots are made: one at a time, after so many events, and rarely enough that making them stays a small part of
 * the work. One that fails is logged and tried again that many events later; nothing else happens.
 */
export class SnapshotSchedule {
  readonly #parts: ScheduleParts;
  #last: Position;
  #reached: Position;
  #restsUntil: number;
  #isFirst = true;
  #making: Promise<void> | undefined;

  /** @param last position of the newest snapshot */
  constructor(parts: ScheduleParts, last: Position) {
    this.#parts = parts;
    this.#last = last;
    this.#reached = last;
    this.#restsUntil = parts.clock.monotonic() + FIRST_REST_MS;
  }

  /** The log is durable up to here. */
  reached(position: Position): void {
    this.#reached = position;
    const { every, clock } = this.#parts;
    const behind = position - this.#last;
    if (behind < every || this.#making !== undefined) return;
    const isFar = this.#isFirst && behind >= FAR_BEHIND * every;
    if (isFar || clock.monotonic() >= this.#restsUntil) void this.#make();
  }

  /** Makes a last one when enough has come together for the next start to gain by it. */
  async close(): Promise<void> {
    await this.#making;
    if (this.#reached - this.#last >= this.#parts.every / 2) await this.#make();
  }

  #make(): Promise<void> {
    this.#making ??= this.#makeOne().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #makeOne(): Promise<void> {
    const { maker, clock, logger } = this.#parts;
    const began = clock.monotonic();
    this.#last = this.#reached;
    try {
      await maker.make();
    } catch (error) {
      const code = isKernelError(error) ? error.code : 'Internal';
      const message = error instanceof Error ? error.message : String(error);
      logger.log('warn', 'no snapshot could be made', { code, message });
    }
    this.#isFirst = false;
    const ended = clock.monotonic();
    this.#restsUntil = ended + REST_PARTS * (ended - began);
  }
}
