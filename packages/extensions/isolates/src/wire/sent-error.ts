import { isKernelError, toStored } from '@tksm/abstractions';
import type { SerializedError, StoredObject } from '@tksm/abstractions';

/** Longest message of an error that is sent. The kernel records less. */
const MAX_LENGTH = 8_000;

/** Whatever was thrown in an isolate, as the kernel would have recorded it. Never throws. */
export function sentError(thrown: unknown): SerializedError {
  try {
    if (isKernelError(thrown)) return withData(thrown.code, thrown.message, thrown.data);
    if (thrown instanceof Error) {
      const { retryAfterMs } = thrown as { readonly retryAfterMs?: unknown };
      const data = { name: thrown.name, ...(typeof retryAfterMs === 'number' && { retryAfterMs }) };
      return withData('HandlerFailed', thrown.message || thrown.name, data);
    }
    return { code: 'NonErrorThrown', message: text(`threw ${typeof thrown} ${String(thrown)}`) };
  } catch {
    return { code: 'NonErrorThrown', message: `threw ${typeof thrown} that cannot be described` };
  }
}

function withData(code: SerializedError['code'], message: string, data: unknown): SerializedError {
  try {
    const stored = toStored(data) as StoredObject;
    if (JSON.stringify(stored).length <= MAX_LENGTH) return { code, message: text(message), data: stored };
  } catch {
    // What cannot be stored is left out.
  }
  return { code, message: text(message) };
}

function text(message: unknown): string {
  return String(message).slice(0, MAX_LENGTH).toWellFormed();
}
