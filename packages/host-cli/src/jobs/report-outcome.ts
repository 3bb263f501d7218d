import { ERROR_CODES, fromStored } from '@tksm/abstractions';
import type { JobView, StoredValue } from '@tksm/abstractions';
import { EXIT } from '../terminal/exit-code.ts';
import type { Output } from '../terminal/output.ts';
import { printable } from '../terminal/text-width.ts';
import { valueText } from '../vars/var-text.ts';
import { tookMs } from './job-columns.ts';
import { longSpan } from '../terminal/times.ts';

/** Writes how a job ended: its output to stdout, or its error to stderr. Answers the exit code: 0, or 1. */
export function reportOutcome(output: Output, job: JobView): number {
  const { outcome, id, spec } = job;
  const status = outcome?.status ?? job.status;
  const exitCode = status === 'succeeded' ? EXIT.ok : EXIT.failed;
  if (output.settings.json) {
    const { attempts, submittedAt, settledAt } = job;
    output.document({ job: id, kind: spec.kind, status, attempts, submittedAt, settledAt, ...outcome });
    return exitCode;
  }
  if (outcome?.status === 'succeeded') {
    output.data(outputText(outcome.output));
    output.notice(`${output.errStyle.green('✓')} job ${id} succeeded in ${longSpan(tookMs(job) ?? 0)}`);
    return exitCode;
  }
  const error = outcome?.error ?? job.held;
  const { red, dim } = output.errStyle;
  output.complain(
    `${red('✗')} job ${id} ${status}: ${printable(error?.message ?? '')} ${dim(`(${error?.code ?? ''})`)}`,
  );
  const captured = error?.data;
  for (const stream of ['stdout', 'stderr'] as const) {
    const text = streamText(captured?.[stream]);
    if (text !== undefined && text !== '') output.complain(text.replace(/\n$/, ''));
  }
  if (error !== undefined)
    output.complain(`  ${dim('try:')} ${ERROR_CODES[error.code].next}; tksm job retry ${id}`);
  return exitCode;
}

/** What a command printed is printed again; any other output is a value. */
function outputText(value: StoredValue): string {
  if (value === null) return '';
  if (typeof value === 'object' && 'stdout' in value) {
    const text = streamText(value['stdout']);
    if (text !== undefined) return text;
  }
  return `${valueText(fromStored(value))}\n`;
}

/** A captured stream, as the kind `shell` keeps it: a text, or an object that holds one. */
function streamText(stream: StoredValue | undefined): string | undefined {
  if (typeof stream === 'string') return stream;
  if (typeof stream !== 'object' || stream === null || !('text' in stream)) return undefined;
  return typeof stream['text'] === 'string' ? stream['text'] : undefined;
}
