/** Ids that tie a line of the log to what it is about. */
export interface Correlation {
  readonly zone?: string;
  readonly job?: string;
  readonly kind?: string;
  readonly attempt?: number;
  readonly agent?: string;
  readonly plugin?: string;
  readonly span?: string;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
export const LOG_LEVELS: readonly LogLevel[] = Object.freeze(['trace', 'debug', 'info', 'warn', 'error']);

/** Structured logging. Never throws; never waits. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A logger that adds these ids to each line. */
  child(correlation: Correlation): Logger;
}
