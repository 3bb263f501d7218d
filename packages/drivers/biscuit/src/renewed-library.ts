// Guarantees: the library is loaded when a token is first used. It loses some 8 KiB with each token that it judges, so it is given up
// after a number of uses, with its memory, and loaded anew. No use outlives the library that it was given.

import type { BiscuitLibrary } from './biscuit-library.ts';
import { loadLibrary } from './load-library.ts';
import type { LoadedLibrary } from './load-library.ts';

/** Some 32 MiB are lost until then. */
const MOST_USES = 4_096;

export class RenewedLibrary {
  readonly #mostUses: number;
  #current: Promise<LoadedLibrary> | undefined;
  /** Libraries so far. */
  #loads = 0;
  #uses = 0;

  constructor(mostUses: number = MOST_USES) {
    this.#mostUses = mostUses;
  }

  /** Lets work use the library: at once, and not after it has returned. */
  async use<T>(work: (library: BiscuitLibrary) => T): Promise<T> {
    for (;;) {
      const current = (this.#current ??= this.#load());
      const loaded = await current;
      // Others may have used it up meanwhile.
      if (current !== this.#current) continue;
      try {
        return work(loaded.library);
      } finally {
        this.#uses += 1;
        if (this.#uses >= this.#mostUses) {
          this.#current = undefined;
          loaded.giveUp();
        }
      }
    }
  }

  async #load(): Promise<LoadedLibrary> {
    this.#uses = 0;
    try {
      return await loadLibrary(this.#loads++);
    } catch (error) {
      this.#current = undefined;
      throw error;
    }
  }
}

/** What all of this package uses. */
export const biscuits = new RenewedLibrary();
