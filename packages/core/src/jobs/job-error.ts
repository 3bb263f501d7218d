import { isKernelError, ERROR_CODES } from '@tksm/abstractions';
import type { SerializedError } from '@tksm/abstractions';

/** Longest error message that is recorded, in UTF-16 units. */
const MAX_MESSAGE = 2_000;

/** An error of a handler as it is recorded: whatever was thrown, bounded and well-formed. */
export function recordedError(thrown: unknown): SerializedError {
  if (isKernelError(thrown)) {
    const { code, message, data } = thrown.toJSON();
    return data === undefined
      ? { code, message: bounded(message) }
      : { code, message: bounded(message), data };
  }
  if (thrown instanceof Error) {
    return {
      code: 'HandlerFailed',
      message: bounded(thrown.message || thrown.name),
      data: { name: bounded(thrown.name) },
    };
  }
  return { code: 'NonErrorThrown', message: bounded(`threw ${describe(thrown)}`) };
}

/** Whether another attempt could end differently. */
export function isRetryable(error: SerializedError): boolean {
  return ERROR_CODES[error.code].retryable || error.code === 'PreconditionFailed';
}

function describe(thrown: unknown): string {
  try {
    return `${typeof thrown} ${String(thrown)}`;
  } catch {
    return typeof thrown;
  }
}

function bounded(text: string): string {
  const cut = text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text;
  return cut.replace(/\p{Surrogate}/gu, '\uFFFD');
}
