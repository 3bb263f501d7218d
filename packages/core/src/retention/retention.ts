import { isKernelError } from '@tksm/abstractions';
import type { CommandId, Instant, JobId, JobIndex, Logger, RecordsRetired } from '@tksm/abstractions';
import type { Engine } from '../kernel/engine.ts';
import type { Batch } from '../log/batch.ts';
import type { RetentionSettings } from './retention-settings.ts';
import { rowsOf } from './retired-record.ts';
import { SettledQueue } from './settled-queue.ts';

/** Most jobs, and most answers, that one event retires. */
const LARGEST_BATCH = 1_000;
/** How long an index that could not be written is left alone. */
const PAUSE_MS = 10_000;

/**
 * Decides what leaves the state, from logged time and counts. Guarantees:
 *
 * 1. Nothing leaves that is not durable, in the log and in the index.
 * 2. Nothing leaves that something open still needs; it is looked at again when that has settled.
 * 3. It acts only after a frame became durable: an idle kernel stays idle. Its cost for each job is constant.
 */
export class Retention {
  readonly #engine: Engine;
  readonly #index: JobIndex;
  readonly #settings: Required<RetentionSettings>;
  readonly #logger: Logger;
  /** More than is kept before anything is done about it: it is done for many at once. */
  readonly #slack: number;
  readonly #queue: SettledQueue;
  /** Settled jobs that are still needed, by who needs them. */
  readonly #needed = new Map<JobId, JobId[]>();
  /** No answer is worth a look before. */
  #answersFrom: Instant = 0;
  #pausedUntil: Instant = 0;
  #busy = false;
  #ended = false;

  constructor(engine: Engine, index: JobIndex, settings: Required<RetentionSettings>, logger: Logger) {
    this.#engine = engine;
    this.#index = index;
    this.#settings = settings;
    this.#logger = logger;
    this.#slack = Math.min(LARGEST_BATCH, Math.max(1, Math.floor(settings.keep / 10)));
    this.#queue = new SettledQueue(engine.state);
  }

  /** A frame became durable. */
  published(batch: Batch): void {
    for (const event of batch.events) {
      switch (event.type) {
        case 'job.succeeded':
        case 'job.failed':
        case 'job.cancelled':
          this.#queue.push(event.job);
          this.#release(event.job);
          break;
        case 'job.recalled':
          this.#queue.push(event.job);
          break;
        default:
      }
    }
    if (!this.#busy && !this.#ended && batch.time >= this.#pausedUntil) void this.#run();
  }

  /** Retires nothing more. */
  end(): void {
    this.#ended = true;
  }

  /** What a settled job was needed for is over: what it kept is looked at again. */
  #release(id: JobId): void {
    const kept = this.#needed.get(id);
    if (kept === undefined) return;
    this.#needed.delete(id);
    for (const job of kept) this.#queue.push(job);
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    this.#busy = true;
    let event: RecordsRetired | undefined;
    try {
      if ((event = this.#choose()) === undefined) return;
      do await this.#retire(event);
      while ((event = this.#choose()) !== undefined);
      await this.#mark();
    } catch (error) {
      for (const id of event?.jobs ?? []) this.#queue.push(id);
      this.#pausedUntil = this.#engine.state.time + PAUSE_MS;
      // A log that failed is told of elsewhere; its session is over.
      if (!this.#engine.abandoned) {
        const code = isKernelError(error) ? error.code : 'Internal';
        this.#logger.log('error', 'settled jobs stay in memory: the index cannot be written', { code });
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Says that the index has all that has retired by now: a start from a snapshot is then not behind it. */
  async #mark(): Promise<void> {
    if (this.#ended) return;
    await this.#engine.durable();
    const { position, hash } = this.#engine.head;
    await this.#index.write([], { position, hash });
  }

  #choose(): RecordsRetired | undefined {
    if (this.#ended) return undefined;
    const jobs = this.#settledJobs();
    const commands = this.#answers();
    if (jobs.length + commands.length === 0) return undefined;
    return { type: 'records.retired', v: 1, jobs, ...(commands.length > 0 && { commands }) };
  }

  #settledJobs(): JobId[] {
    const { keep, keepAtMost } = this.#settings;
    const queue = this.#queue;
    if (queue.length < keep + this.#slack) return [];
    const isWorthIt = this.#isOld(this.#settledAt(queue.at(this.#slack - 1)));
    if (!isWorthIt && queue.length < keepAtMost + this.#slack) return [];
    const chosen = new Set<JobId>();
    while (chosen.size < LARGEST_BATCH && queue.length > keep) {
      if (queue.length <= keepAtMost && !this.#isOld(this.#settledAt(queue.at(0)))) break;
      const id = queue.shift();
      const job = id === undefined ? undefined : this.#engine.job(id);
      if (id === undefined || job?.outcome === undefined) continue;
      const neededBy = this.#engine.agenda.neededBy(job);
      if (neededBy === undefined) chosen.add(id);
      else this.#keepFor(neededBy, id);
    }
    return [...chosen];
  }

  /** An entry that names no settled job is as old as can be: it only has to go. */
  #settledAt(id: JobId | undefined): Instant {
    return (id === undefined ? undefined : this.#engine.job(id)?.settledAt) ?? 0;
  }

  #keepFor(open: JobId, id: JobId): void {
    const kept = this.#needed.get(open);
    if (kept === undefined) this.#needed.set(open, [id]);
    else kept.push(id);
  }

  /** The oldest answers: a map gives them in the order in which they came. */
  #answers(): CommandId[] {
    const { keep, keepAtMost, keepMs } = this.#settings;
    const { commands, time } = this.#engine.state;
    let left = commands.size;
    if (left < keep + this.#slack) return [];
    if (time < this.#answersFrom && left < keepAtMost + this.#slack) return [];
    const chosen: CommandId[] = [];
    for (const [cmd, answer] of commands) {
      if (chosen.length === LARGEST_BATCH || left <= keep) break;
      if (left <= keepAtMost && !this.#isOld(answer.time)) {
        this.#answersFrom = answer.time + keepMs;
        break;
      }
      chosen.push(cmd);
      left -= 1;
    }
    return chosen;
  }

  #isOld(at: Instant): boolean {
    return this.#engine.state.time - at >= this.#settings.keepMs;
  }

  async #retire(event: RecordsRetired): Promise<void> {
    const engine = this.#engine;
    const rows = rowsOf(engine.state, event);
    const before = event.jobs.map((id) => engine.job(id)?.outcome);
    await engine.durable();
    const { position, hash } = engine.head;
    await this.#index.write(rows, { position, hash });
    if (this.#ended || engine.abandoned) return;
    const isUnchanged = event.jobs.every((id, at) => {
      const job = engine.job(id);
      return job !== undefined && job.outcome === before[at] && engine.agenda.neededBy(job) === undefined;
    });
    // All or nothing: the rows say how many ids retired before each.
    if (isUnchanged) engine.commit([event]);
    else for (const id of event.jobs) this.#queue.push(id);
  }
}
