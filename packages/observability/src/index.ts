export { createPinoLogger } from './logging/pino-logger.ts';
export type { LineWriter, PinoLogger, PinoLoggerOptions } from './logging/pino-logger.ts';
export { createRedactor, redactingSecrets } from './logging/secret-redactor.ts';
export { DEFAULT_BUCKETS } from './metrics/instruments.ts';
export { createMetrics } from './metrics/metric-registry.ts';
export type { ReadableMetrics } from './metrics/metric-registry.ts';
export { PROMETHEUS_CONTENT_TYPE, renderPrometheus } from './metrics/prometheus-text.ts';
export { MAX_SERIES } from './metrics/series.ts';
export type { HistogramSample, MetricFacts, MetricSnapshot, NumberSample } from './metrics/snapshot.ts';
