import type { Counter, Histogram, MetricLabels } from '@tksm/abstractions';
import { Series } from './series.ts';
import type { HistogramSample, NumberSample } from './snapshot.ts';

/** Upper bounds when none are given: seconds from 1 ms to 10 s. */
export const DEFAULT_BUCKETS: readonly number[] = Object.freeze([
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]);

/** Only grows: amounts that are negative or no number are ignored. */
export class CountingInstrument implements Counter {
  #total = 0;
  #series: Series<{ total: number }> | undefined;

  add(amount = 1, labels?: MetricLabels): void {
    if (!(amount >= 0 && amount < Infinity)) return;
    if (labels === undefined) {
      this.#total += amount;
      return;
    }
    this.#series ??= new Series(() => ({ total: 0 }));
    this.#series.at(labels).total += amount;
  }

  samples(): readonly NumberSample[] {
    const labelled = [...(this.#series?.all() ?? [])].map(({ labels, reading }) => ({
      labels,
      value: reading.total,
    }));
    // An instrument that only ever counts with labels has no sum of its own to show.
    return labelled.length > 0 && this.#total === 0
      ? labelled
      : [{ labels: {}, value: this.#total }, ...labelled];
  }
}

/** Counts in one set of buckets. The last count is of what is above every bound. */
class Buckets {
  readonly #bounds: Float64Array;
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: Float64Array) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= (bounds[middle] ?? Infinity)) high = middle;
      else low = middle + 1;
    }
    this.#counts[low] = (this.#counts[low] ?? 0) + 1;
    this.#sum += value;
  }

  sample(labels: MetricLabels): HistogramSample {
    let count = 0;
    const buckets = [...this.#counts].map((counted, index) => {
      count += counted;
      return { upTo: this.#bounds[index] ?? Infinity, count };
    });
    return { labels, buckets, sum: this.#sum, count };
  }
}

/** Observations that are no number are ignored. */
export class BucketInstrument implements Histogram {
  readonly #bounds: Float64Array;
  readonly #plain: Buckets;
  #series: Series<Buckets> | undefined;

  constructor(bounds: readonly number[]) {
    this.#bounds = Float64Array.from(bounds);
    this.#plain = new Buckets(this.#bounds);
  }

  observe(value: number, labels?: MetricLabels): void {
    if (Number.isNaN(value)) return;
    if (labels === undefined) {
      this.#plain.observe(value);
      return;
    }
    this.#series ??= new Series(() => new Buckets(this.#bounds));
    this.#series.at(labels).observe(value);
  }

  samples(): readonly HistogramSample[] {
    const labelled = [...(this.#series?.all() ?? [])].map(({ labels, reading }) => reading.sample(labels));
    const plain = this.#plain.sample({});
    return labelled.length > 0 && plain.count === 0 ? labelled : [plain, ...labelled];
  }
}
