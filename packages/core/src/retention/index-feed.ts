import { KernelError } from '@tksm/abstractions';
import type {
  Frame,
  IndexMark,
  IndexRow,
  JobIndex,
  LogHead,
  LogReader,
  Position,
  RecordsRetired,
} from '@tksm/abstractions';
import type { KernelState } from '../state/kernel-state.ts';
import type { KernelPorts } from '../kernel/ports.ts';
import { loadState } from '../snapshots/load-state.ts';
import type { LoadedState } from '../snapshots/load-state.ts';
import { rowsOf } from './retired-record.ts';

/** Rows that are written at once. */
const GROUP = 5_000;

/** Told, while a log is folded into state, what is about to leave it. */
export interface RetirementObserver {
  /** First position whose retirements are wanted. */
  readonly from: Position;
  retiring(state: KernelState, event: RecordsRetired, frame: Frame): Promise<void> | undefined;
}

/**
 * Brings an index up to its log while that is replayed: from its mark on, or from nothing when it is empty, garbage or
 * of another log.
 */
class IndexFeed implements RetirementObserver {
  readonly #index: JobIndex;
  readonly #from: number;
  #rows: IndexRow[] = [];
  #count = 0;

  private constructor(index: JobIndex, from: number) {
    this.#index = index;
    this.#from = from;
  }

  static async begin(index: JobIndex, log: LogReader): Promise<IndexFeed> {
    const { mark } = index;
    if (mark !== undefined && (await isOf(log, mark))) return new IndexFeed(index, mark.position);
    if (mark !== undefined || index.size > 0) await index.clear();
    return new IndexFeed(index, 0);
  }

  /** First position whose retirements are wanted. */
  get from(): number {
    return this.#from;
  }

  retiring(state: KernelState, event: RecordsRetired, frame: Frame): Promise<void> | undefined {
    if (frame.position + frame.count <= this.#from) return undefined;
    const rows = rowsOf(state, event);
    this.#count += rows.length;
    for (const row of rows) this.#rows.push(row);
    // Everything that earlier frames retired is in here; of this one there may be more to come.
    if (this.#rows.length < GROUP) return undefined;
    return this.#write({ position: frame.position, hash: frame.previousHash });
  }

  /** Writes the rest; gives the number of records that were missing. */
  async end({ position, hash }: LogHead): Promise<number> {
    if (this.#rows.length > 0) await this.#write({ position, hash });
    return this.#count;
  }

  async #write(mark: IndexMark): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    await this.#index.write(rows, mark);
  }
}

/** Whether a log has a frame that ends where the index was marked. */
async function isOf(log: LogReader, { position, hash }: IndexMark): Promise<boolean> {
  if (position < 1 || (await log.head()).position < position) return false;
  for await (const frame of log.read({ from: position - 1 })) {
    return frame.position + frame.count === position && frame.hash === hash;
  }
  return false;
}

/**
 * Loads the state of a zone, and brings its index up to it. A snapshot is of no use for an index that is behind what had
 * retired by then.
 *
 * @throws KernelError `NotRegistered` when the zone needs an index and has none; what the log refuses with
 */
export async function loadWithIndex({
  log,
  jobIndex,
  logger,
  snapshots,
}: Pick<KernelPorts, 'log' | 'jobIndex' | 'logger' | 'snapshots'>): Promise<LoadedState> {
  const feed = jobIndex === undefined ? undefined : await IndexFeed.begin(jobIndex, log);
  const loaded = await loadState({ log, logger, store: snapshots, observer: feed });
  if (feed === undefined && loaded.state.retired.named > 0) {
    const message = 'records of this zone have retired: without an index, commands would run again';
    throw new KernelError('NotRegistered', message, { data: { token: 'storage.job-index' } });
  }
  const missing = (await feed?.end(await log.head())) ?? 0;
  if (missing > 0) {
    const anew = feed?.from === 0;
    const message = anew
      ? 'the job index was made anew from the log'
      : 'the job index was brought up to the log';
    logger.log(anew ? 'warn' : 'info', message, { records: missing });
  }
  return loaded;
}
