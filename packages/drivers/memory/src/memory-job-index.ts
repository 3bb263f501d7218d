import type { IndexMark, IndexRow, JobId, JobIndex } from '@tksm/abstractions';

/** An index in memory: for tests, and for zones that are in memory themselves. */
export class MemoryJobIndex implements JobIndex {
  readonly #rows = new Map<JobId, IndexRow>();
  readonly #children = new Map<JobId, Set<JobId>>();
  #mark: IndexMark | undefined;

  get mark(): IndexMark | undefined {
    return this.#mark;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: JobId): string | undefined {
    return this.#rows.get(id)?.body;
  }

  startingWith(prefix: string, limit: number): readonly JobId[] {
    return [...this.#rows.keys()]
      .filter((id) => id.startsWith(prefix))
      .sort()
      .slice(0, limit);
  }

  children(parent: JobId): readonly JobId[] {
    return [...(this.#children.get(parent) ?? [])];
  }

  *latest(): Generator<IndexRow> {
    yield* [...this.#rows.values()].reverse();
  }

  write(rows: readonly IndexRow[], mark: IndexMark): Promise<void> {
    for (const row of rows) this.#put(row);
    this.#mark = mark;
    return Promise.resolve();
  }

  clear(): Promise<void> {
    this.#rows.clear();
    this.#children.clear();
    this.#mark = undefined;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #put(row: IndexRow): void {
    this.#rows.delete(row.id);
    this.#rows.set(row.id, row);
    if (row.parent === undefined) return;
    const children = this.#children.get(row.parent);
    children?.delete(row.id);
    if (children === undefined) this.#children.set(row.parent, new Set([row.id]));
    else children.add(row.id);
  }
}
