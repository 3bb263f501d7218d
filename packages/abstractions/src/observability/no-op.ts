import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** Logs nothing. */
export const noLogger: Logger = Object.freeze({ log: () => undefined, child: () => noLogger });

const nothing = Object.freeze({ add: () => undefined, observe: () => undefined });

/** Measures nothing. */
export const noMetrics: Metrics = Object.freeze({
  counter: () => nothing,
  histogram: () => nothing,
  gauge: () => undefined,
});
