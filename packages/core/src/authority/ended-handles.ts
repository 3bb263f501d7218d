import type { Cancellation, Clock, KernelEvent, Timers } from '@tksm/abstractions';
import type { Engine } from '../kernel/engine.ts';
import { failed } from '../jobs/settlement.ts';
import type { JobState } from '../state/job-state.ts';
import { handleEnded } from './denial.ts';

/** Jobs that fail, and schedules that are held, in one turn of the loop. */
const MOST_ENDED = 500;
/** A look at all of them is followed by a rest that is this many times as long. */
const REST = 9;

/** What is needed of the session around. */
export interface EndedHandlesHome {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Takes the lease of a job that runs, and lets it fail. */
  end(job: JobState): void;
  /** What holds the schedules that stand still, one by one, as far as that is not told. */
  holds(): Iterable<Ending>;
}

/** What ends a thing, when its turn comes; nothing if that is over by then. */
export type Ending = () => KernelEvent | undefined;

/**
 * Ends what handles have set up that are live no more. Jobs fail: those that run at once, the others a part in each turn of the
 * loop; and schedules are held. However often handles end, looking for that takes a tenth of the time: until then the gate
 * refuses what jobs do, and no such schedule ticks.
 */
export class EndedHandles {
  readonly #home: EndedHandlesHome;
  #restUntil = 0;
  #timer: Cancellation | undefined;
  #isOver = false;

  constructor(home: EndedHandlesHome) {
    this.#home = home;
  }

  /** Handles have ended. */
  notice(): void {
    if (this.#timer !== undefined || this.#isOver) return;
    const { clock, timers } = this.#home;
    const waitMs = this.#restUntil - clock.monotonic();
    if (waitMs <= 0) this.#look();
    else {
      this.#timer = timers.after(waitMs, () => {
        this.#timer = undefined;
        this.#look();
      });
    }
  }

  stop(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  #look(): void {
    const { engine, clock, end, holds } = this.#home;
    if (engine.abandoned) return;
    const startedAt = clock.monotonic();
    const { state, authority, now } = engine;
    const dead = [...state.jobs.values()].filter(
      ({ by, outcome }) => outcome === undefined && !authority.isLive(by, now),
    );
    for (const job of dead) if (job.lease !== undefined) end(job);
    const ends = dead.map((job): Ending => () => {
      return job.outcome === undefined ? failed(job, handleEnded(job.by)) : undefined;
    });
    this.#endPart([...ends, ...holds()], 0);
    const doneAt = clock.monotonic();
    this.#restUntil = doneAt + REST * (doneAt - startedAt);
  }

  #endPart(ends: readonly Ending[], start: number): void {
    const { engine, timers } = this.#home;
    if (start >= ends.length || this.#isOver || engine.abandoned) return;
    const next = start + MOST_ENDED;
    const events = ends.slice(start, next).flatMap((end) => end() ?? []);
    if (events.length > 0) engine.commit(events);
    timers.soon(() => {
      this.#endPart(ends, next);
    });
  }
}
