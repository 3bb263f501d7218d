/** What all retry policies say: how often, how long, and after which errors. */
export interface RetryLimits {
  /** Attempts in all, the first included; 1 means no retry. At most 1,000. */
  readonly maxAttempts: number;
  /** Part of the delay that may be left off, 0 to 1; a hash of job and attempt decides, so a replay agrees. */
  readonly jitter: number;
  /** No attempt begins later than this after the first one did. Absent: without end. */
  readonly maxElapsedMs?: number;
  /**
   * Codes of errors, or names of thrown classes, that are tried again, whatever their code says of itself; no other is.
   * Absent: every error whose code is retryable.
   */
  readonly retryOn?: readonly string[];
  /** Codes of errors, or names of thrown classes, that end the job at once, also when `retryOn` has them. */
  readonly giveUpOn?: readonly string[];
}

/** Each delay is the one before times a factor. */
export interface ExponentialRetry extends RetryLimits {
  readonly backoff?: 'exponential';
  /** Delay before the second attempt. */
  readonly initialDelayMs: number;
  /** At least 1. */
  readonly factor: number;
  readonly maxDelayMs: number;
}

/** Each delay is the one before plus an increment. */
export interface LinearRetry extends RetryLimits {
  readonly backoff: 'linear';
  /** Delay before the second attempt. */
  readonly initialDelayMs: number;
  readonly incrementMs: number;
  readonly maxDelayMs: number;
}

/** The delays, one by one; the last one repeats. */
export interface TableRetry extends RetryLimits {
  readonly backoff: 'table';
  /** 1 to 100 delays. */
  readonly delaysMs: readonly number[];
}

/**
 * How often and when a failed attempt is followed by another. An error that carries `retryAfterMs` (in the `data` of a
 * KernelError, or as a property of any other) takes the place of the delay, up to the policy's longest.
 */
export type RetryPolicy = ExponentialRetry | LinearRetry | TableRetry;

/** A retry policy as a kind or a command writes it: what is absent is the kind's, then the default. */
export type RetryOptions =
  | Partial<ExponentialRetry>
  | (Partial<LinearRetry> & Pick<LinearRetry, 'backoff'>)
  | (Partial<TableRetry> & Pick<TableRetry, 'backoff'>);

export const DEFAULT_RETRY: ExponentialRetry = Object.freeze({
  maxAttempts: 3,
  initialDelayMs: 1_000,
  factor: 2,
  maxDelayMs: 60_000,
  jitter: 0.2,
});
