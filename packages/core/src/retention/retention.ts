import { isKernelError } from '@tksm/abstractions';
import type {
  CommandId,
  Instant,
  JobId,
  IndexRow,
  JobIndex,
  JobOutcome,
  Logger,
  RecordsRetired,
  Timers,
} from '@tksm/abstractions';
import type { Engine } from '../kernel/engine.ts';
import type { KernelPorts } from '../kernel/ports.ts';
import type { Batch } from '../log/batch.ts';
import type { RetentionSettings } from './retention-settings.ts';
import { rowsOf } from './retired-record.ts';
import { SettledQueue } from './settled-queue.ts';

/** Most jobs, and most answers, that one event retires: making their rows holds the loop up by less than a millisecond. */
const LARGEST_BATCH = 256;
/** Events whose rows are written at once: the index pays for each of its pages only once. */
const MOST_AT_ONCE = 32;
/** How long an index that could not be written is left alone. */
const PAUSE_MS = 10_000;

/** An event that is about to retire records, its rows, and how its jobs had ended when it was chosen. */
interface Retiring {
  readonly event: RecordsRetired;
  readonly rows: readonly IndexRow[];
  readonly before: readonly (JobOutcome | undefined)[];
}

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
  readonly #timers: Timers;
  /** More than is kept, and more than is kept at most, before anything is done about it: it is done for many at once. */
  readonly #slack: number;
  readonly #slackAtMost: number;
  readonly #queue: SettledQueue;
  /** Settled jobs that are still needed, by who needs them. */
  readonly #needed = new Map<JobId, JobId[]>();
  #pausedUntil: Instant = 0;
  #busy = false;
  #ended = false;

  constructor(
    engine: Engine,
    index: JobIndex,
    settings: Required<RetentionSettings>,
    ports: Pick<KernelPorts, 'logger' | 'timers'>,
  ) {
    const { logger, timers } = ports;
    this.#engine = engine;
    this.#index = index;
    this.#settings = settings;
    this.#logger = logger;
    this.#timers = timers;
    const most = LARGEST_BATCH * MOST_AT_ONCE;
    this.#slack = Math.min(most, Math.max(1, Math.floor(settings.keep / 10)));
    this.#slackAtMost = Math.min(most, Math.max(1, Math.floor(settings.keepAtMost / 6)));
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
    let group: readonly Retiring[] = [];
    try {
      if ((group = await this.#chooseGroup()).length === 0) return;
      do await this.#retire(group);
      while ((group = await this.#chooseGroup()).length > 0);
      await this.#mark();
    } catch (error) {
      this.#putBack(group);
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

  #putBack(group: readonly Retiring[]): void {
    for (const { event } of group) for (const id of event.jobs) this.#queue.push(id);
  }

  /** Says that the index has all that has retired by now: a start from a snapshot is then not behind it. */
  async #mark(): Promise<void> {
    if (this.#ended) return;
    await this.#engine.durable();
    const { position, hash } = this.#engine.head;
    await this.#index.write([], { position, hash });
  }

  /** Chooses what goes next, one event in each turn of the loop, so that nobody waits long for it. */
  async #chooseGroup(): Promise<readonly Retiring[]> {
    const group: Retiring[] = [];
    let [named, answers] = [this.#engine.state.retired.named, 0];
    for (let event = this.#choose(false, 0); event !== undefined; event = this.#choose(true, answers)) {
      const { rows, named: after } = rowsOf(this.#engine.state, event, named);
      const before = event.jobs.map((id) => this.#engine.job(id)?.outcome);
      group.push({ event, rows, before });
      named = after;
      answers += event.commands?.length ?? 0;
      if (group.length === MOST_AT_ONCE) break;
      await this.#turn();
    }
    return group;
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#timers.soon(resolve);
    });
  }

  /**
   * @param goesOn whether it follows another: then any number is worth it
   * @param chosen answers that were chosen before and are still there
   */
  #choose(goesOn: boolean, chosen: number): RecordsRetired | undefined {
    if (this.#ended || this.#engine.abandoned) return undefined;
    const jobs =
      goesOn || this.#isTooMany(this.#queue.length, () => this.#settledAt(this.#queue.at(this.#slack - 1)))
        ? this.#settledJobs()
        : [];
    const size = this.#engine.state.commands.size;
    const commands = goesOn || this.#isTooMany(size, () => this.#oldestAnswer()) ? this.#answers(chosen) : [];
    if (jobs.length + commands.length === 0) return undefined;
    return { type: 'records.retired', v: 1, jobs, ...(commands.length > 0 && { commands }) };
  }

  /** Whether there is so much that it is worth the trouble; `oldest` tells when what would go was over. */
  #isTooMany(count: number, oldest: () => Instant): boolean {
    const { keep, keepAtMost } = this.#settings;
    if (count < keep + this.#slack) return false;
    return count >= keepAtMost + this.#slackAtMost || this.#isOld(oldest());
  }

  #settledJobs(): JobId[] {
    const { keep, keepAtMost } = this.#settings;
    const queue = this.#queue;
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
  #answers(before: number): CommandId[] {
    const { keep, keepAtMost } = this.#settings;
    const { commands } = this.#engine.state;
    let left = commands.size - before;
    const chosen: CommandId[] = [];
    let skipped = 0;
    for (const [cmd, answer] of commands) {
      if (skipped++ < before) continue;
      if (chosen.length === LARGEST_BATCH || left <= keep) break;
      if (left <= keepAtMost && !this.#isOld(answer.time)) {
        break;
      }
      chosen.push(cmd);
      left -= 1;
    }
    return chosen;
  }

  #oldestAnswer(): Instant {
    for (const { time } of this.#engine.state.commands.values()) return time;
    return 0;
  }

  #isOld(at: Instant): boolean {
    return this.#engine.state.time - at >= this.#settings.keepMs;
  }

  async #retire(group: readonly Retiring[]): Promise<void> {
    const engine = this.#engine;
    await engine.durable();
    const { position, hash } = engine.head;
    await Promise.all(group.map(({ rows }) => this.#index.write(rows, { position, hash })));
    for (const [at, { event, before }] of group.entries()) {
      if (this.#ended || engine.abandoned) return;
      const isUnchanged = event.jobs.every((id, nth) => {
        const job = engine.job(id);
        return job !== undefined && job.outcome === before[nth] && engine.agenda.neededBy(job) === undefined;
      });
      if (!isUnchanged) {
        // All or nothing: the rows say how many ids retired before each.
        this.#putBack(group.slice(at));
        return;
      }
      engine.commit([event]);
      await this.#turn();
    }
  }
}
