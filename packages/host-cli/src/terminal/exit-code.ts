import type { ErrorCategory, ErrorCode } from '@tksm/abstractions';

/** Exit codes, as scripts rely on them. 130 and 143 follow from signals. */
export const EXIT = Object.freeze({
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  denied: 4,
  conflict: 5,
  unreachable: 6,
  timeout: 7,
  damaged: 8,
});

/** Exit code of each category of error. */
const BY_CATEGORY: Readonly<Record<ErrorCategory, number>> = {
  invalid: EXIT.usage,
  unsupported: EXIT.usage,
  'not-found': EXIT.notFound,
  denied: EXIT.denied,
  conflict: EXIT.conflict,
  exhausted: EXIT.failed,
  timeout: EXIT.timeout,
  unavailable: EXIT.failed,
  'job-failed': EXIT.failed,
  damaged: EXIT.damaged,
  internal: EXIT.failed,
};

export function exitCodeOf(error: { readonly code: ErrorCode; readonly category: ErrorCategory }): number {
  return error.code === 'Unreachable' ? EXIT.unreachable : BY_CATEGORY[error.category];
}
