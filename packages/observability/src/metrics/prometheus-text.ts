import type { MetricLabels } from '@tksm/abstractions';
import type { ReadableMetrics } from './metric-registry.ts';
import type { HistogramSample, MetricSnapshot } from './snapshot.ts';

/** Media type of the text. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * All metrics as Prometheus reads them. A unit is added to the name where it is missing, and `_total` to a counter's.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/, text format 0.0.4.
 */
export function renderPrometheus(metrics: Pick<ReadableMetrics, 'snapshot'>): string {
  return metrics.snapshot().map(family).join('');
}

function family(metric: MetricSnapshot): string {
  const name = nameOf(metric);
  const help = metric.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${metric.type}`];
  if (metric.type === 'histogram') {
    for (const sample of metric.samples) lines.push(...histogramLines(name, sample));
  } else {
    for (const { labels, value } of metric.samples) lines.push(line(name, labels, value));
  }
  return `${lines.join('\n')}\n`;
}

function nameOf({ name, unit, type }: MetricSnapshot): string {
  const bare = type === 'counter' && name.endsWith('_total') ? name.slice(0, -'_total'.length) : name;
  const withUnit = unit === undefined || bare.endsWith(`_${unit}`) ? bare : `${bare}_${unit}`;
  return type === 'counter' ? `${withUnit}_total` : withUnit;
}

function histogramLines(name: string, { labels, buckets, sum, count }: HistogramSample): string[] {
  return [
    ...buckets.map(({ upTo, count }) => line(`${name}_bucket`, { ...labels, le: numberText(upTo) }, count)),
    line(`${name}_sum`, labels, sum),
    line(`${name}_count`, labels, count),
  ];
}

function line(name: string, labels: MetricLabels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${labelName(label)}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberText(value)}`;
}

function labelName(label: string): string {
  return label.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
