/** Something that happens once and may be waited for. */
export class Moment {
  readonly reached: Promise<void>;
  #reach: () => void = () => undefined;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
  }

  reach(): void {
    this.#reach();
  }
}
