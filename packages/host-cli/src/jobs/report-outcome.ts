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
    printOutput(output, outcome.output);
    output.notice(`${output.errStyle.green('✓')} job ${id} succeeded in ${longSpan(tookMs(job) ?? 0)}`);
    return exitCode;
  }
  const error = outcome?.error ?? job.held;
  const { red, dim } = output.errStyle;
  output.complain(
    `${red('✗')} job ${id} ${status}: ${printable(error?.message ?? '')} ${dim(`(${error?.code ?? ''})`)}`,
  );
  for (const stream of ['stdout', 'stderr'] as const) printCaptured(output, error?.data?.[stream]);
  if (error !== undefined) {
    const again = error.code === 'DeadlineExceeded' ? '' : `; tksm job retry ${id}`;
    output.complain(`  ${dim('try:')} ${ERROR_CODES[error.code].next}${again}`);
  }
  return exitCode;
}

/** What a command printed is printed again, to the same streams; any other output is a value. */
function printOutput(output: Output, value: StoredValue): void {
  if (value === null) return;
  if (typeof value !== 'object' || !('stdout' in value)) {
    output.line(valueText(fromStored(value)));
    return;
  }
  const { stdout, stderr, truncated } = value;
  const printed = fromStored(stdout ?? '');
  output.data(printed instanceof Uint8Array ? printed : valueText(printed));
  printCaptured(output, stderr);
  if (truncated === true) output.notice('only the start and the end of the output were kept');
}

/** What went to a stream, to stderr. Bytes that are no text are only counted. */
function printCaptured(output: Output, stream: StoredValue | undefined): void {
  if (stream === undefined || stream === '') return;
  const text = fromStored(stream);
  if (typeof text === 'string') output.complain(text.replace(/\n$/, ''));
  else if (text instanceof Uint8Array) output.complain(`(${text.length} bytes)`);
}
