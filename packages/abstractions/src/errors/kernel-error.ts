import { ERROR_CODES } from './codes.ts';
import type { ErrorCategory, ErrorCode } from './codes.ts';
import type { StoredObject } from '../values/value.ts';

export interface KernelErrorOptions {
  /** Facts for programs: positions, paths, limits. Storable, free of secrets. */
  readonly data?: StoredObject;
  readonly cause?: unknown;
  /** What to try next, when the code's own advice is too general. */
  readonly next?: string;
}

/** An error as it is logged and sent: plain data, the same for the same inputs. */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly data?: StoredObject;
}

/** The one error of TKSM. Tell errors apart by `code`, never by class or message. */
export class KernelError extends Error {
  readonly code: ErrorCode;
  readonly data: StoredObject;
  readonly next: string;

  constructor(code: ErrorCode, message: string, options: KernelErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KernelError';
    this.code = code;
    this.data = options.data ?? {};
    this.next = options.next ?? factsOf(code).next;
  }

  get category(): ErrorCategory {
    return factsOf(this.code).category;
  }

  get retryable(): boolean {
    return factsOf(this.code).retryable;
  }

  toJSON(): SerializedError {
    const { code, message, data } = this;
    return Object.keys(data).length === 0 ? { code, message } : { code, message, data };
  }

  static from(error: SerializedError): KernelError {
    return new KernelError(error.code, error.message, error.data === undefined ? {} : { data: error.data });
  }
}

/** A later release may have recorded a code that this one does not know; such an error is still to be shown. */
function factsOf(code: ErrorCode): (typeof ERROR_CODES)[ErrorCode] {
  return Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code] : ERROR_CODES.Internal;
}

/** Whether something is a KernelError (of a given code), from whichever copy of this package. */
export function isKernelError(error: unknown, code?: ErrorCode): error is KernelError {
  // Other errors have codes too, some of them spelled like ours.
  if (!(error instanceof Error) || error.name !== 'KernelError' || !('code' in error)) return false;
  return typeof error.code === 'string' && (code === undefined || error.code === code);
}
