import { isKernelError, KernelError } from '@tksm/abstractions';
import type { StoredObject } from '@tksm/abstractions';

const DAMAGED: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RESPONSE',
  'HTTPParserError',
  // What undici finds in an answer that its parser let through: a status of 099, a 101 that nobody asked for.
  'ERR_ASSERTION',
]);
/** As above, but these have the code of a lost connection, too. */
const DAMAGED_SOCKET: ReadonlySet<string> = new Set(['bad response', 'bad upgrade']);

/**
 * An error on the way to a server and back: `ResponseInvalid` for an answer that breaks the protocol, `PayloadTooLarge` for one
 * that is too large, `Unreachable` for all else. Neither address nor query is told.
 */
export function httpError(error: unknown, host: string): KernelError {
  if (isKernelError(error)) return error;
  const reason = errorCode(error);
  if (reason === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return tooLarge();
  if (isDamage(error, reason)) return responseInvalid(host, reason);
  const data: StoredObject = { host, reason };
  const next = 'look at the name of the host, whether it is up, and the network; the call can be repeated';
  return new KernelError('Unreachable', `${host} cannot be reached: ${reason}`, { data, next });
}

/** The refusal of an answer that breaks the protocol, or whose body is damaged. */
export function responseInvalid(host: string, reason: string): KernelError {
  const data: StoredObject = { host, reason };
  return new KernelError('ResponseInvalid', `${host} answered what cannot be read: ${reason}`, { data });
}

/** The refusal of an answer that is too large, as it came or once it is decoded. */
export function tooLarge(): KernelError {
  const next = 'raise maxBytes, or ask for less';
  return new KernelError('PayloadTooLarge', 'the answer has more bytes than the maxBytes of the call', {
    next,
  });
}

function isDamage(error: unknown, reason: string): boolean {
  if (DAMAGED.has(reason) || reason.startsWith('HPE_')) return true;
  return reason === 'UND_ERR_SOCKET' && error instanceof Error && DAMAGED_SOCKET.has(error.message);
}

/** The name that Node or undici give an error, for example `ECONNREFUSED`. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? error.name : errorCode(error.cause);
}
