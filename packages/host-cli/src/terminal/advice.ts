import { ERROR_CODES } from '@tksm/abstractions';
import type { ErrorCode, KernelError, StoredValue } from '@tksm/abstractions';

/** Commands to try, where one is better than the code's own advice. */
const TRY: Partial<Record<ErrorCode, string>> = {
  JobNotFound: 'tksm job ls --all',
  VarNotFound: 'tksm var ls',
  EventNotFound: 'tksm event tail',
  MomentInFuture: 'tksm event tail -n 1, for the last moment there is',
  MomentBeforeLog: 'tksm event ls -n 1, for the first moment there is',
  LogDamaged: 'tksm event verify; then restore the folder from a copy: nothing was changed',
  PreconditionFailed: 'tksm var get NAME --json, for the current etag',
  DataFolderMissing:
    'name a folder that tksm has written with --data, or begin one: tksm var set NAME VALUE, or any command that writes',
};

/** What an error advises to try next. `help` is the help of the command that met it. */
export function adviceOf({ code, data, next }: KernelError, help?: string): string {
  // What the error itself advises is nearer to the case.
  if (next !== ERROR_CODES[code].next) return next;
  if (code === 'UsageError') return help ?? next;
  if (code === 'UnsupportedOperation') return familyAdvice(data['kind']) ?? next;
  return TRY[code] ?? next;
}

/** For a kind of a family that comes in the box, but is there only where it is asked for. */
function familyAdvice(kind: StoredValue | undefined): string | undefined {
  const family = typeof kind === 'string' ? /^(finance|users)\./.exec(kind)?.[1] : undefined;
  if (family === undefined) return undefined;
  return `have ${family} in TKSM_FAMILIES where the folder is run, or check the spelling`;
}
