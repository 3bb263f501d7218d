import { isKernelError, KernelError } from '@tksm/abstractions';
import type { SentError } from './messages.ts';

/** An error as it is sent. What is not ours is `Internal`, and its message stays here. */
export function toSentError(thrown: unknown): SentError {
  const error = isKernelError(thrown) ? thrown : new KernelError('Internal', 'the request failed');
  const { code, message, data, next } = error;
  return { code, message, data, next };
}

export function fromSentError({ code, message, data = {}, next }: SentError): KernelError {
  return new KernelError(code, message, { data, next });
}
