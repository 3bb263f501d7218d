import type { Cancellation, Clock, Timers } from '@tksm/abstractions';
import type { Engine } from '../kernel/engine.ts';
import { failed } from '../jobs/settlement.ts';
import type { JobState } from '../state/job-state.ts';
import { handleEnded } from './denial.ts';

/** Jobs of ended handles that fail in one turn of the loop. */
const MOST_ENDED = 500;
/** A look at all jobs is followed by a rest that is this many times as long. */
const REST = 9;

/** What is needed of the session around. */
export interface EndedJobsHome {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Takes the lease of a job that runs, and lets it fail. */
  end(job: JobState): void;
}

/**
 * Ends the jobs of handles that are live no more: those that run at once, the others a part in each turn of the loop. However
 * often handles end, looking for their jobs takes a tenth of the time: until then the gate refuses what they do.
 */
export class EndedJobs {
  readonly #home: EndedJobsHome;
  #restUntil = 0;
  #timer: Cancellation | undefined;
  #isOver = false;

  constructor(home: EndedJobsHome) {
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
    const { engine, clock, end } = this.#home;
    if (engine.abandoned) return;
    const startedAt = clock.monotonic();
    const { state, authority, now } = engine;
    const dead = [...state.jobs.values()].filter(
      ({ by, outcome }) => outcome === undefined && !authority.isLive(by, now),
    );
    for (const job of dead) if (job.lease !== undefined) end(job);
    this.#endPart(dead);
    const doneAt = clock.monotonic();
    this.#restUntil = doneAt + REST * (doneAt - startedAt);
  }

  #endPart(dead: readonly JobState[]): void {
    const { engine, timers } = this.#home;
    const open = dead.filter(({ outcome }) => outcome === undefined);
    if (open.length === 0 || this.#isOver || engine.abandoned) return;
    engine.commit(open.slice(0, MOST_ENDED).map((job) => failed(job, handleEnded(job.by))));
    timers.soon(() => {
      this.#endPart(open.slice(MOST_ENDED));
    });
  }
}
