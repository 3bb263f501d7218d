import type { Cancellation, Instant, Timers } from '@tksm/abstractions';
import type { SequencerClock } from '../kernel/sequencer-clock.ts';
import type { Due, DueQueue, DueSort } from './due-queue.ts';

/** Timers hold 31 bits; a later moment is approached in hops. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What falls due: checked by its handler, since entries are not taken back. */
export type AlarmHandler = (id: string, now: Instant, at: Instant) => void;

/** What alarms need of the session around them. */
export interface AlarmHome {
  readonly clock: SequencerClock;
  readonly timers: Timers;
  readonly due: DueQueue;
  /** The timer rang: decisions from here on are not earlier than `now`. False when nothing is decided any more. */
  begin(now: Instant): boolean;
  /** Everything that was due has been told. */
  end(now: Instant): void;
}

/**
 * The one timer of a session, set for the next moment at which anything is due: none is set when nothing is, so that an
 * idle kernel never wakes up. Each sort of entry has one handler.
 */
export class Alarms {
  readonly #home: AlarmHome;
  readonly #handlers = new Map<DueSort, AlarmHandler>();
  #timer: { readonly at: Instant; readonly handle: Cancellation } | undefined;

  constructor(home: AlarmHome) {
    this.#home = home;
  }

  /** Names what is called when an entry of a sort is due. */
  on(what: DueSort, handler: AlarmHandler): void {
    this.#handlers.set(what, handler);
  }

  /** Adds an entry. The timer is set for it when the events at hand have been settled. */
  push(due: Due): void {
    this.#home.due.push(due);
  }

  /** Sets the timer for what is due next: of the entries, or at `also`. */
  arm(also: Instant): void {
    const { due, clock, timers } = this.#home;
    const at = this.#nextLook(Math.min(due.next ?? Number.POSITIVE_INFINITY, also));
    if (this.#timer !== undefined) {
      // An earlier alarm that is needed no more is left to ring once, unless nothing at all is due.
      if (this.#timer.at <= at && at !== Number.POSITIVE_INFINITY) return;
      this.stop();
    }
    if (at === Number.POSITIVE_INFINITY) return;
    const delay = Math.min(Math.max(0, at - clock.now()), LONGEST_TIMER_MS);
    this.#timer = {
      at,
      handle: timers.after(delay, () => {
        this.#ring();
      }),
    };
  }

  stop(): void {
    this.#timer?.handle.cancel();
    this.#timer = undefined;
  }

  /** When to look next at what is due at `at`: earlier, when the clock may be believed by then. */
  #nextLook(at: Instant): Instant {
    const { clock } = this.#home;
    if (!clock.holding || at === Number.POSITIVE_INFINITY) return at;
    const leftMs = clock.doubt?.leftMs;
    return leftMs === undefined ? at : Math.min(at, clock.now() + Math.ceil(leftMs));
  }

  #ring(): void {
    this.#timer = undefined;
    const { clock, due } = this.#home;
    const now = clock.now();
    if (!this.#home.begin(now)) return;
    for (let next = due.pop(now); next !== undefined; next = due.pop(now)) {
      this.#handlers.get(next.what)?.(next.id, now, next.at);
    }
    this.#home.end(now);
  }
}
