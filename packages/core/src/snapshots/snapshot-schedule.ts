import { isKernelError } from '@tksm/abstractions';
import type { Clock, Logger, Position, SnapshotMaker } from '@tksm/abstractions';

/** Events after which a snapshot is made, unless told otherwise: half a second of replay. */
export const DEFAULT_SNAPSHOT_EVERY = 250_000;
/** The maker works at most one part of this many of the time. */
const REST_PARTS = 9;

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
  #restsUntil = 0;
  #making: Promise<void> | undefined;

  /** @param last position of the newest snapshot */
  constructor(parts: ScheduleParts, last: Position) {
    this.#parts = parts;
    this.#last = last;
    this.#reached = last;
  }

  /** The log is durable up to here. */
  reached(position: Position): void {
    this.#reached = position;
    const { every, clock } = this.#parts;
    if (position - this.#last < every || this.#making !== undefined) return;
    if (clock.monotonic() >= this.#restsUntil) void this.#make();
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
    const ended = clock.monotonic();
    this.#restsUntil = ended + REST_PARTS * (ended - began);
  }
}
