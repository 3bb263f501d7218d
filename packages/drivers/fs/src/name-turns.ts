/** Lets work on names of folders happen one after the other, in the order it was asked for. Holds no name that is idle. */
export class NameTurns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Waits for all the names, always in the same order, so that no two wait for each other. */
  async take<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const [first, ...rest] = [...new Set(names)].sort();
    if (first === undefined) return work();
    const next = (): Promise<T> => this.take(rest, work);
    const turn = (this.#last.get(first) ?? Promise.resolve()).then(next, next);
    this.#last.set(first, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(first) === turn) this.#last.delete(first);
    }
  }
}
