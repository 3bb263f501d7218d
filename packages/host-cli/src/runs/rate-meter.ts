/** Span over which the rate is taken. */
const WINDOW_MS = 5_000;
const MAX_SAMPLES = 64;

/** Rate of something that only grows, over the last seconds. */
export class RateMeter {
  readonly #samples: { readonly at: number; readonly done: number }[] = [];

  sample(at: number, done: number): void {
    this.#samples.push({ at, done });
    while (this.#samples.length > MAX_SAMPLES || at - (this.#samples[0]?.at ?? at) > WINDOW_MS) {
      this.#samples.shift();
    }
  }

  /** Per second; 0 while too little is known. */
  get perSecond(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < 100) return 0;
    return ((last.done - first.done) * 1_000) / (last.at - first.at);
  }
}
