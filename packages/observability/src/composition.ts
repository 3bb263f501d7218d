import { token, TOKENS } from '@tksm/abstractions';
import type { Registrar, Token } from '@tksm/abstractions';
import { createPinoLogger } from './logging/pino-logger.ts';
import type { PinoLogger, PinoLoggerOptions } from './logging/pino-logger.ts';
import { createRedactor } from './logging/secret-redactor.ts';
import { createMetrics } from './metrics/metric-registry.ts';
import type { ReadableMetrics } from './metrics/metric-registry.ts';

/** The metrics behind `TOKENS.metrics`, for who shows them. */
export const READABLE_METRICS: Token<ReadableMetrics> = token('observability.readable-metrics');
/** The logger behind `TOKENS.logger`, for who flushes it. */
export const PINO_LOGGER: Token<PinoLogger> = token('observability.pino-logger');

export type ObservabilityOptions = Omit<PinoLoggerOptions, 'clock' | 'redactor'>;

/** Registers logger, redactor and metrics. Takes the clock. */
export function composeObservability(registrar: Registrar, options: ObservabilityOptions = {}): void {
  registrar.singleton(TOKENS.redactor, () => createRedactor());
  registrar.singleton(PINO_LOGGER, (resolver) =>
    createPinoLogger({
      ...options,
      clock: resolver.get(TOKENS.clock),
      redactor: resolver.get(TOKENS.redactor),
    }),
  );
  registrar.singleton(TOKENS.logger, (resolver) => resolver.get(PINO_LOGGER));
  registrar.singleton(READABLE_METRICS, () => createMetrics());
  registrar.singleton(TOKENS.metrics, (resolver) => resolver.get(READABLE_METRICS));
}
