export type MetricLabels = Readonly<Record<string, string>>;

/** Only grows. */
export interface Counter {
  add(amount?: number, labels?: MetricLabels): void;
}

/** Counts observations in buckets. */
export interface Histogram {
  observe(value: number, labels?: MetricLabels): void;
}

/** One number of a gauge that has several. */
export interface GaugeSample {
  readonly labels: MetricLabels;
  readonly value: number;
}

/** A number, or one for each set of labels, read when somebody looks. */
export type GaugeReading = () => number | readonly GaugeSample[];

export interface MetricOptions {
  readonly help: string;
  /** Unit as a suffix of the name would say it: `seconds`, `bytes`, `events`. */
  readonly unit?: string;
  /** Upper bounds of a histogram's buckets, ascending. */
  readonly buckets?: readonly number[];
}

/** Makes instruments. Asking twice for one name gives the same instrument. */
export interface Metrics {
  counter(name: string, options: MetricOptions): Counter;
  histogram(name: string, options: MetricOptions): Histogram;
  gauge(name: string, options: MetricOptions, read: GaugeReading): void;
}
