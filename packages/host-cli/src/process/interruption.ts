// Guarantees: before a command says that it can drain, a signal ends the process at once; afterwards the first signal
// only aborts `signal`, and the second ends the process at once. The exit code is 128 + the signal's number.

const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;
type InterruptingSignal = keyof typeof NUMBERS;

export class Interruption {
  readonly #abort = new AbortController();
  readonly #exit: (code: number) => void;
  #told: () => void = () => undefined;
  #by: InterruptingSignal | undefined;
  #drains = false;

  constructor(exit: (code: number) => void) {
    this.#exit = exit;
  }

  /** Aborts with the first signal. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Exit code of what was interrupted; undefined when nothing was. */
  get exitCode(): number | undefined {
    return this.#by === undefined ? undefined : 128 + NUMBERS[this.#by];
  }

  listen(target: Pick<NodeJS.Process, 'on'>): void {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      target.on(name, () => {
        this.receive(name);
      });
    }
  }

  /** From here on the first signal is a request to drain; `told` runs when it comes, instead of what was named before. */
  drainWith(told: () => void): void {
    this.#drains = true;
    this.#told = told;
  }

  receive(name: InterruptingSignal): void {
    const isFirst = this.#by === undefined;
    this.#by ??= name;
    if (!isFirst || !this.#drains) {
      this.#exit(128 + NUMBERS[name]);
      return;
    }
    this.#abort.abort();
    this.#told();
  }
}
