import { ERROR_CODES, KernelError, isKernelError } from '@tksm/abstractions';
import type { ErrorCode } from '@tksm/abstractions';
import { exitCodeOf } from './exit-code.ts';
import type { Output } from './output.ts';
import { printable } from './text-width.ts';

/** Commands to try, where one is better than the code's own advice. */
const TRY: Partial<Record<ErrorCode, string>> = {
  JobNotFound: 'tksm job ls --all',
  VarNotFound: 'tksm var ls',
  EventNotFound: 'tksm event tail',
  MomentInFuture: 'tksm event tail -n 1, for the last moment there is',
  MomentBeforeLog: 'tksm event ls -n 1, for the first moment there is',
  LogDamaged: 'tksm event verify; then restore the folder from a copy: nothing was changed',
  PreconditionFailed: 'tksm var get NAME --json, for the current etag',
};

/** Writes an error to stderr: what was wrong, its code, what to try next. Answers the exit code. */
export function renderError(output: Output, thrown: unknown): number {
  const error = toKernelError(thrown);
  const exitCode = exitCodeOf(error);
  const { code, category, message, data, retryable } = error;
  // What the error itself advises is nearer to the case.
  const next = error.next === ERROR_CODES[code].next ? (TRY[code] ?? error.next) : error.next;
  if (output.settings.json) {
    output.complain(JSON.stringify({ error: { code, category, message, data, retryable, next, exitCode } }));
    return exitCode;
  }
  const { red, dim, bold } = output.errStyle;
  const lines = [`${red(bold('error'))}: ${printable(message)} ${dim(`(${code})`)}`];
  for (const issue of issuesOf(error)) lines.push(`  ${printable(issue)}`);
  lines.push(`  ${dim('try:')} ${printable(next)}`);
  if (output.settings.verbose) {
    for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
      lines.push(dim(`  cause: ${printable(cause.message)}`));
    }
    if (code === 'Internal' && error.stack !== undefined) lines.push(dim(error.stack));
  }
  output.complain(lines.join('\n'));
  return exitCode;
}

export function toKernelError(thrown: unknown): KernelError {
  if (isKernelError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const error = new KernelError('Internal', message, { cause: thrown });
  if (thrown instanceof Error && thrown.stack !== undefined) error.stack = thrown.stack;
  return error;
}

/** What a schema found wrong, as `path: message` each. */
function issuesOf({ data }: KernelError): string[] {
  const issues = data['issues'];
  if (!Array.isArray(issues)) return [];
  return issues.flatMap((issue: unknown) => {
    if (typeof issue === 'string') return [issue];
    const { path, message } = issue as { readonly path?: unknown; readonly message?: unknown };
    if (typeof message !== 'string') return [];
    const where = Array.isArray(path) ? path.join('.') : typeof path === 'string' ? path : '';
    return [where === '' ? message : `${where}: ${message}`];
  });
}
