import { isKernelError, KernelError } from '@tksm/abstractions';
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
import { archiveNeeded, goesOnFrom } from '../log/goes-on.ts';
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
    if (mark !== undefined && mark.position > 0 && (await goesOnFrom(log, mark)))
      return new IndexFeed(index, mark.position);
    if (mark !== undefined || index.size > 0) {
      await checkBeginning(log);
      await index.clear();
    }
    return new IndexFeed(index, 0);
  }

  /** First position whose retirements are wanted. */
  get from(): number {
    return this.#from;
  }

  retiring(state: KernelState, event: RecordsRetired, frame: Frame): Promise<void> | undefined {
    if (frame.position + frame.count <= this.#from) return undefined;
    const { rows } = rowsOf(state, event);
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

/** Makes sure that an index can be made anew before it is thrown away. @throws KernelError `EventArchived` */
async function checkBeginning(log: LogReader): Promise<void> {
  for await (const frame of log.read({ from: 0 })) if (frame.position === 0) return;
}

/** What a state and its index are made of. */
export interface IndexedSource extends Pick<KernelPorts, 'jobIndex' | 'logger' | 'snapshots'> {
  readonly log: LogReader;
}

async function beginFeed(index: JobIndex, log: LogReader): Promise<IndexFeed> {
  try {
    return await IndexFeed.begin(index, log);
  } catch (error) {
    if (!isKernelError(error, 'EventArchived')) throw error;
    const why = 'the job index lacks what retired before, and commands that it does not know would run again';
    throw archiveNeeded(error, why);
  }
}

/**
 * Loads the state of a zone, and brings its index up to it. A snapshot is of no use for an index that is behind what had
 * retired by then.
 *
 * @throws KernelError `NotRegistered` when the zone needs an index and has none; `EventArchived` when index or state need
 * what is archived; what the log refuses with
 */
export async function loadWithIndex({
  log,
  jobIndex,
  logger,
  snapshots,
}: IndexedSource): Promise<LoadedState> {
  const feed = jobIndex === undefined ? undefined : await beginFeed(jobIndex, log);
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
