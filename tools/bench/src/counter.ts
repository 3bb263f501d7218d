/** How many handlers have run, and a way to wait for so many. */
export class Counter {
  submitted = 0;
  #count = 0;
  #wanted = Number.POSITIVE_INFINITY;
  #wake: () => void = () => undefined;

  add(): void {
    this.#count += 1;
    if (this.#count >= this.#wanted) this.#wake();
  }

  async reached(count: number): Promise<void> {
    if (this.#count >= count) return;
    this.#wanted = count;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wanted = Number.POSITIVE_INFINITY;
  }
}
