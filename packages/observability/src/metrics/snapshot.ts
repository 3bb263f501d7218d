import type { MetricLabels } from '@tksm/abstractions';

export interface NumberSample {
  readonly labels: MetricLabels;
  readonly value: number;
}

export interface HistogramSample {
  readonly labels: MetricLabels;
  /** How many observations were at most `upTo`; the last bound is infinite. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
  readonly sum: number;
  readonly count: number;
}

/** What a metric is, whatever it counts. */
export interface MetricFacts {
  readonly name: string;
  readonly help: string;
  readonly unit?: string | undefined;
}

/** What one instrument says now. */
export type MetricSnapshot =
  | (MetricFacts & { readonly type: 'counter' | 'gauge'; readonly samples: readonly NumberSample[] })
  | (MetricFacts & { readonly type: 'histogram'; readonly samples: readonly HistogramSample[] });
