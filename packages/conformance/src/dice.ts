/** Repeatable chance for generated sequences; a failing seed is in the title of its test. */
export interface Dice {
  /** A whole number in [0, bound). */
  below(bound: number): number;
  oneOf<T>(choices: readonly [T, ...T[]]): T;
}

/** Source: mulberry32 of Tommy Ettinger. */
export function dice(seed: number): Dice {
  let state = seed;
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
  return { below, oneOf: (choices) => choices[below(choices.length)] ?? choices[0] };
}
