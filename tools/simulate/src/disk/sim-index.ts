import type { IndexMark, IndexRow, JobIndex } from '@tksm/abstractions';
import { MemoryJobIndex } from '@tksm/drivers-memory';
import type { FaultCounts } from '../run/fault-counts.ts';

/** One write that an index was told. */
interface Written {
  readonly rows: readonly IndexRow[];
  readonly mark: IndexMark;
}

/** The index of retired jobs beside the log: each start may find it as it was, older, with a mark of nowhere, or gone. */
export class SimIndex {
  readonly #counts: FaultCounts;
  readonly #next: () => number;
  #history: Written[] = [];

  constructor(counts: FaultCounts, next: () => number) {
    this.#counts = counts;
    this.#next = next;
  }

  /** The index as the next incarnation finds it. */
  async reopen(): Promise<JobIndex> {
    const chance = this.#next();
    if (chance < 0.1 && this.#history.length > 0) {
      this.#counts.add('index-lost');
      this.#history = [];
    } else if (chance < 0.3 && this.#history.length > 0) {
      this.#counts.add('index-behind');
      this.#history = this.#history.slice(0, Math.floor(this.#next() * this.#history.length));
    }
    const index = new MemoryJobIndex();
    for (const { rows, mark } of this.#history) await index.write(rows, mark);
    const isForeign = chance > 0.95 && this.#history.length > 0;
    if (isForeign) {
      this.#counts.add('index-foreign');
      await index.write([], {
        ...(this.#history[0]?.mark as IndexMark),
        hash: 'f'.repeat(64) as IndexMark['hash'],
      });
    }
    return this.#recording(index);
  }

  #recording(index: MemoryJobIndex): JobIndex {
    const write = index.write.bind(index);
    const clear = index.clear.bind(index);
    index.write = (rows, mark) => {
      this.#history.push({ rows, mark });
      return write(rows, mark);
    };
    index.clear = () => {
      this.#history = [];
      return clear();
    };
    return index;
  }
}
