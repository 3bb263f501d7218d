import type { Random } from '@tksm/abstractions';

/**
 * The same chance for the same seed, for tests and simulation. Not secret.
 *
 * Source: sfc32 of Chris Doty-Humphrey's PractRand; the seed is spread by FNV-1a and splitmix32.
 */
export function seededRandom(seed: number | string): Random {
  let [a, b, c, counter] = [0, 0, 0, 1];
  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  const spread = splitmix32(fnv1a(String(seed)));
  [a, b, c] = [spread(), spread(), spread()];
  // The first outputs still show the seed.
  for (let i = 0; i < 16; i++) draw();
  return {
    next: () => (draw() * 2 ** 21 + (draw() >>> 11)) / 2 ** 53,
    id: () => hex32(draw()) + hex32(draw()) + hex32(draw()) + hex32(draw()),
  };
}

function hex32(word: number): string {
  return word.toString(16).padStart(8, '0');
}

function fnv1a(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state;
}

function splitmix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return word ^ (word >>> 15);
  };
}
