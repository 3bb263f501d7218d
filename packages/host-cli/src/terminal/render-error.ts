import { KernelError, isKernelError } from '@tksm/abstractions';
import { adviceOf } from './advice.ts';
import { exitCodeOf } from './exit-code.ts';
import type { Output } from './output.ts';
import { printable } from './text-width.ts';

/**
 * Writes an error to stderr: what was wrong, its code, what to try next. Answers the exit code.
 *
 * @param help of the command that met it, for usage errors that advise nothing nearer
 */
export function renderError(output: Output, thrown: unknown, help?: string): number {
  const error = toKernelError(thrown);
  const exitCode = exitCodeOf(error);
  const { code, category, message, data, retryable } = error;
  const next = adviceOf(error, help);
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
