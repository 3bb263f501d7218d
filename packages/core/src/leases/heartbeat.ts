import { Expiring } from './expiry-list.ts';

/** The silence of one attempt, which ends it when it lasts. */
export class Heartbeat extends Expiring {
  readonly #silent: () => void;

  constructor(silent: () => void) {
    super();
    this.#silent = silent;
  }

  expired(): void {
    this.#silent();
  }
}
