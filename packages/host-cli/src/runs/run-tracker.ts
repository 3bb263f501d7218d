import type { JobId, JobView, RecordedEvent } from '@tksm/abstractions';

type Standing = 'open' | 'running' | 'held' | 'succeeded' | 'failed' | 'cancelled';

export interface RunCounts {
  readonly total: number;
  readonly open: number;
  readonly running: number;
  readonly held: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Attempts that failed and were followed by another. */
  readonly retries: number;
}

/** Counts the jobs of one run, from a state and the events after it. Holds one word a job. */
export class RunTracker {
  readonly #run: string;
  readonly #standing = new Map<JobId, Standing>();
  readonly #counts = { open: 0, running: 0, held: 0, succeeded: 0, failed: 0, cancelled: 0 };
  #retries = 0;

  constructor(run: string) {
    this.#run = run;
  }

  get counts(): RunCounts {
    return { total: this.#standing.size, ...this.#counts, retries: this.#retries };
  }

  get settled(): number {
    const { succeeded, failed, cancelled } = this.#counts;
    return succeeded + failed + cancelled;
  }

  get isSettled(): boolean {
    return this.#standing.size > 0 && this.settled === this.#standing.size;
  }

  /** Nothing runs, and something waits for a person: it may be that the rest waits for that. */
  get mayBeStuck(): boolean {
    return this.#counts.held > 0 && this.#counts.running === 0;
  }

  load(jobs: Iterable<JobView>): void {
    for (const { id, status } of jobs) this.#set(id, standingOf(status));
  }

  /** Answers whether the event was about this run. */
  apply({ event }: RecordedEvent): boolean {
    if (event.type === 'job.submitted') {
      if (event.spec.correlation !== this.#run || this.#standing.has(event.job)) return false;
      this.#set(event.job, 'open');
      return true;
    }
    if (!('job' in event) || event.job === undefined || !this.#standing.has(event.job)) return false;
    const next = after(event.type);
    if (next === undefined) return false;
    if (event.type === 'job.attempt-failed') this.#retries += 1;
    this.#set(event.job, next);
    return true;
  }

  #set(job: JobId, standing: Standing): void {
    const before = this.#standing.get(job);
    if (before !== undefined) this.#counts[before] -= 1;
    this.#counts[standing] += 1;
    this.#standing.set(job, standing);
  }
}

function standingOf(status: JobView['status']): Standing {
  switch (status) {
    case 'running':
    case 'held':
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return status;
    default:
      return 'open';
  }
}

function after(type: RecordedEvent['event']['type']): Standing | undefined {
  switch (type) {
    case 'job.leased':
      return 'running';
    case 'job.suspended':
    case 'job.returned':
    case 'job.attempt-failed':
    case 'job.interrupted':
    case 'job.resumed':
    case 'job.released':
      return 'open';
    case 'job.held':
      return 'held';
    case 'job.succeeded':
      return 'succeeded';
    case 'job.failed':
      return 'failed';
    case 'job.cancelled':
      return 'cancelled';
    default:
      return undefined;
  }
}
