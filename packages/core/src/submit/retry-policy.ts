import { DEFAULT_RETRY } from '@tksm/abstractions';
import type {
  ExponentialRetry,
  LinearRetry,
  RetryOptions,
  RetryPolicy,
  TableRetry,
} from '@tksm/abstractions';
import { bounded, invalid, list, LONGEST_MS, number, oneOf, text, whole } from './spec-fields.ts';

/** Bounds of a retry policy. */
const RETRY_LIMITS = Object.freeze({ maxAttempts: 1_000, maxDelays: 100, maxErrors: 64 });

/** What a caller may have written, before anything of it is believed. */
type Given = Partial<Omit<ExponentialRetry, 'backoff'>> &
  Partial<Omit<LinearRetry, 'backoff'>> &
  Partial<Omit<TableRetry, 'backoff'>> & { readonly backoff?: RetryPolicy['backoff'] };

/**
 * The retry policy of a job: what its command says, over what its kind says, over the default. Only what its backoff
 * needs is kept.
 *
 * @throws KernelError `InvalidSpec` with `data.field`
 */
export function retryPolicy(kind: RetryOptions | undefined, command: RetryOptions | undefined): RetryPolicy {
  const given: Given = { ...kind, ...command };
  const { backoff } = given;
  if (backoff !== undefined) oneOf(backoff, 'retry.backoff', ['exponential', 'linear', 'table'] as const);
  if (backoff === 'table') return table(given);
  if (backoff === 'linear') return linear(given);
  if (backoff === undefined && (given.delaysMs ?? given.incrementMs) !== undefined) {
    throw invalid('retry.backoff', 'names what its delays are for: "table" or "linear"');
  }
  return exponential(given);
}

function exponential(given: Given): ExponentialRetry {
  const { initialDelayMs, factor, maxDelayMs } = { ...DEFAULT_RETRY, ...given };
  return {
    maxAttempts: attempts(given.maxAttempts ?? DEFAULT_RETRY.maxAttempts),
    initialDelayMs: delay(initialDelayMs, 'retry.initialDelayMs'),
    factor: number(factor, 'retry.factor', 1, 1_000),
    maxDelayMs: delay(maxDelayMs, 'retry.maxDelayMs'),
    ...limits(given),
  };
}

function linear(given: Given): LinearRetry {
  const { initialDelayMs, maxDelayMs } = { ...DEFAULT_RETRY, ...given };
  return {
    backoff: 'linear',
    maxAttempts: attempts(given.maxAttempts ?? DEFAULT_RETRY.maxAttempts),
    initialDelayMs: delay(initialDelayMs, 'retry.initialDelayMs'),
    incrementMs: delay(given.incrementMs ?? initialDelayMs, 'retry.incrementMs'),
    maxDelayMs: delay(maxDelayMs, 'retry.maxDelayMs'),
    ...limits(given),
  };
}

function table(given: Given): TableRetry {
  const delaysMs = bounded(
    list<number>(given.delaysMs, 'retry.delaysMs'),
    'retry.delaysMs',
    RETRY_LIMITS.maxDelays,
  );
  if (delaysMs.length === 0) throw invalid('retry.delaysMs', 'has at least one delay');
  return {
    backoff: 'table',
    maxAttempts: attempts(given.maxAttempts ?? delaysMs.length + 1),
    delaysMs: delaysMs.map((one) => delay(one, 'retry.delaysMs')),
    ...limits(given),
  };
}

function limits({ jitter, maxElapsedMs, retryOn, giveUpOn }: Given): Omit<TableRetry, keyof Steps> {
  return {
    jitter: number(jitter ?? DEFAULT_RETRY.jitter, 'retry.jitter', 0, 1),
    ...(maxElapsedMs !== undefined && {
      maxElapsedMs: whole(maxElapsedMs, 'retry.maxElapsedMs', 1, LONGEST_MS),
    }),
    ...(retryOn !== undefined && { retryOn: errors(retryOn, 'retry.retryOn') }),
    ...(giveUpOn !== undefined && { giveUpOn: errors(giveUpOn, 'retry.giveUpOn') }),
  };
}

type Steps = Pick<TableRetry, 'backoff' | 'maxAttempts' | 'delaysMs'>;

function attempts(value: unknown): number {
  return whole(value, 'retry.maxAttempts', 1, RETRY_LIMITS.maxAttempts);
}

function delay(value: unknown, field: string): number {
  return number(value, field, 0, LONGEST_MS);
}

function errors(value: unknown, field: string): string[] {
  return bounded(list(value, field), field, RETRY_LIMITS.maxErrors).map((name) => text(name, field));
}
