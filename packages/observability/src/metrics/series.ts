import type { MetricLabels } from '@tksm/abstractions';

/** Sets of labels that one instrument keeps apart; what comes later is counted together. */
export const MAX_SERIES = 1_000;
/** Labels of what no longer fitted. */
const OVERFLOW: MetricLabels = Object.freeze({ overflow: 'true' });

/**
 * The readings of one instrument by their labels. Guarantees: never more than `MAX_SERIES` and the overflow; equal labels
 * in any order are one series.
 */
export class Series<T> {
  readonly #make: () => T;
  readonly #all = new Map<string, { readonly labels: MetricLabels; readonly reading: T }>();

  constructor(make: () => T) {
    this.#make = make;
  }

  at(labels: MetricLabels): T {
    const key = keyOf(labels);
    const known = this.#all.get(key);
    if (known !== undefined) return known.reading;
    if (this.#all.size >= MAX_SERIES && labels !== OVERFLOW) return this.at(OVERFLOW);
    const reading = this.#make();
    this.#all.set(key, { labels: { ...labels }, reading });
    return reading;
  }

  all(): IterableIterator<{ readonly labels: MetricLabels; readonly reading: T }> {
    return this.#all.values();
  }
}

function keyOf(labels: MetricLabels): string {
  const names = Object.keys(labels);
  const [only] = names;
  if (names.length === 1 && only !== undefined) return `${only}\0${labels[only]}`;
  return names
    .sort()
    .map((name) => `${name}\0${labels[name]}`)
    .join('\0');
}
