import { isKernelError, KernelError } from '@tksm/abstractions';
import type { StoredObject } from '@tksm/abstractions';

const DAMAGED: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RESPONSE',
  'HTTPParserError',
]);

/**
 * An error on the way to a server and back: `ResponseInvalid` for an answer that breaks the protocol, `PayloadTooLarge` for one
 * that is too large, `Unreachable` for all else. Neither address nor query is told.
 */
export function httpError(error: unknown, host: string): KernelError {
  if (isKernelError(error)) return error;
  const reason = codeOf(error);
  if (reason === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return tooLarge();
  const isDamaged = DAMAGED.has(reason) || reason.startsWith('HPE_') || reason.startsWith('Z_');
  const data: StoredObject = { host, reason };
  return isDamaged
    ? new KernelError('ResponseInvalid', `${host} answered what is not HTTP: ${reason}`, { data })
    : new KernelError('Unreachable', `${host} cannot be reached: ${reason}`, {
        data,
        next: 'check that the host is up and its name is right; the call can be repeated',
      });
}

/** The refusal of an answer that is too large, as it came or once it is decoded. */
export function tooLarge(): KernelError {
  const next = 'raise maxBytes, or ask for less';
  return new KernelError('PayloadTooLarge', 'the answer has more bytes than the call allows', { next });
}

/** The name that Node or undici give an error, for example `ECONNREFUSED`. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? error.name : codeOf(error.cause);
}
