import { seededRandom } from '@tksm/drivers-memory';

/** Chance by a seed: the same seed throws the same. */
export class Dice {
  readonly #next: () => number;

  constructor(seed: string) {
    this.#next = seededRandom(seed).next;
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  one<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  any<T>(choices: readonly T[]): T | undefined {
    return choices[this.below(choices.length)];
  }
}
