import { ERROR_CODES, isKernelError, storedBytes, toStored } from '@tksm/abstractions';
import type { ErrorCode, RetryPolicy, SerializedError, StoredObject } from '@tksm/abstractions';

/** Longest error message that is recorded, in UTF-16 units. */
const MAX_MESSAGE = 2_000;
/** Most bytes of JSON that the data of an error may have; more is left out. */
const MAX_DATA_BYTES = 8_192;

/** An error of a handler as it is recorded: whatever was thrown, bounded and well-formed. Never throws. */
export function recordedError(thrown: unknown): SerializedError {
  try {
    if (isKernelError(thrown)) return recordedKernelError(thrown.code, thrown.message, thrown.data);
    if (thrown instanceof Error) {
      const { name, message } = thrown;
      const data = { name: bounded(name), ...retryAfter(thrown) };
      return { code: 'HandlerFailed', message: bounded(message || name), data };
    }
    return { code: 'NonErrorThrown', message: bounded(`threw ${typeof thrown} ${String(thrown)}`) };
  } catch {
    return { code: 'NonErrorThrown', message: `threw ${typeof thrown} that cannot be described` };
  }
}

/** Whether another attempt could end differently: as the policy lists, and else as the code says. */
export function isRetryable(error: SerializedError, { retryOn, giveUpOn }: RetryPolicy): boolean {
  if (giveUpOn !== undefined && isListed(error, giveUpOn)) return false;
  if (retryOn !== undefined) return isListed(error, retryOn);
  const { code } = error;
  return ERROR_CODES[code].retryable || code === 'PreconditionFailed' || code === 'InboxClosed';
}

function isListed({ code, data }: SerializedError, list: readonly string[]): boolean {
  return list.includes(code) || (typeof data?.name === 'string' && list.includes(data.name));
}

/** Any error may say when to try again. */
function retryAfter(thrown: Error): { readonly retryAfterMs?: number } {
  const { retryAfterMs } = thrown as { readonly retryAfterMs?: unknown };
  return typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) ? { retryAfterMs } : {};
}

/** A handler may throw what looks like ours: nothing of it is believed. */
function recordedKernelError(code: string, message: unknown, data: unknown): SerializedError {
  const known: ErrorCode = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : 'HandlerFailed';
  const stored = storedData(data);
  const text = bounded(message);
  return stored === undefined ? { code: known, message: text } : { code: known, message: text, data: stored };
}

function storedData(data: unknown): StoredObject | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  try {
    const stored = toStored(data) as StoredObject;
    const fits = storedBytes(stored, MAX_DATA_BYTES) <= MAX_DATA_BYTES;
    return fits && Object.keys(stored).length > 0 ? stored : undefined;
  } catch {
    return undefined;
  }
}

function bounded(message: unknown): string {
  const text = String(message);
  const cut = text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text;
  return cut.toWellFormed();
}
