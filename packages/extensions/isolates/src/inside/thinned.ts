/** Says things at most so often: the first at once, and of those that come too soon the last, when it is time. */
export class Thinned<T> {
  readonly #everyMs: number;
  readonly #tell: (latest: T) => void;
  #last = Number.NEGATIVE_INFINITY;
  #waiting: { latest: T } | undefined;

  constructor(everyMs: number, tell: (latest: T) => void) {
    this.#everyMs = everyMs;
    this.#tell = tell;
  }

  say(latest: T): void {
    if (this.#waiting !== undefined) {
      this.#waiting.latest = latest;
      return;
    }
    const leftMs = this.#last + this.#everyMs - performance.now();
    if (leftMs <= 0) {
      this.#now(latest);
      return;
    }
    const waiting = (this.#waiting = { latest });
    setTimeout(() => {
      this.#waiting = undefined;
      this.#now(waiting.latest);
    }, leftMs).unref();
  }

  #now(latest: T): void {
    this.#last = performance.now();
    this.#tell(latest);
  }
}
