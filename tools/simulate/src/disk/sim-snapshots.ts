import type { LogReader, SnapshotMaker, SnapshotStore } from '@tksm/abstractions';
import { noLogger } from '@tksm/abstractions';
import { makeSnapshot } from '@tksm/core';
import { createMemorySnapshots } from '@tksm/drivers-memory';
import type { FaultCounts } from '../run/fault-counts.ts';

/** Snapshots beside the log: each start may find the newest damaged, or gone, or all of them gone. */
export class SimSnapshots {
  readonly #counts: FaultCounts;
  readonly #next: () => number;
  readonly #store = createMemorySnapshots();

  constructor(counts: FaultCounts, next: () => number) {
    this.#counts = counts;
    this.#next = next;
  }

  /** The snapshots as the next incarnation finds them. */
  async reopen(): Promise<SnapshotStore> {
    const positions = await this.#store.list();
    const [newest] = positions;
    if (newest === undefined) return this.#store;
    const chance = this.#next();
    if (chance < 0.15) {
      this.#counts.add('snapshot-damaged');
      this.#store.corrupt(newest, Math.floor(this.#next() * 2_000));
    } else if (chance < 0.3) {
      this.#counts.add('snapshot-lost');
      for (const position of positions.slice(0, chance < 0.2 ? undefined : 1))
        await this.#store.delete(position);
    } else this.#counts.add('snapshot-found');
    return this.#store;
  }

  /** Makes snapshots of a log as another process would: by replaying it. */
  maker(log: LogReader): SnapshotMaker {
    return {
      make: async () => {
        await makeSnapshot({ log, store: this.#store, logger: noLogger });
      },
    };
  }
}
