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
    this.next = options.next ?? ERROR_CODES[code].next;
  }

  get category(): ErrorCategory {
    return ERROR_CODES[this.code].category;
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }

  toJSON(): SerializedError {
    const { code, message, data } = this;
    return Object.keys(data).length === 0 ? { code, message } : { code, message, data };
  }

  static from(error: SerializedError): KernelError {
    return new KernelError(error.code, error.message, error.data === undefined ? {} : { data: error.data });
  }
}

/** Whether something is a KernelError (of a given code), from whichever copy of this package. */
export function isKernelError(error: unknown, code?: ErrorCode): error is KernelError {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return Object.hasOwn(ERROR_CODES, error.code) && (code === undefined || error.code === code);
}
