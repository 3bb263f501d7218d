import type { JobView } from '@tksm/abstractions';
import type { Output } from '../terminal/output.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printable } from '../terminal/text-width.ts';
import { grouped, longSpan } from '../terminal/times.ts';
import { shortNames } from '../zone/job-names.ts';
import type { RunStatus, RunSummary } from './run-summary.ts';

/** What a run came to, with what it cost. */
export interface RunReport extends RunSummary {
  readonly name: string;
  readonly run: string;
  /** It had ended before: nothing was done now. */
  readonly wasDone: boolean;
  readonly resumed: boolean;
  readonly seconds: number;
  readonly events?: number;
  readonly frames?: number;
  readonly flushes?: number;
  readonly digest?: string;
}

const RUN_EXIT: Readonly<Record<RunStatus, number>> = {
  succeeded: EXIT.ok,
  failed: EXIT.failed,
  cancelled: EXIT.failed,
  held: EXIT.failed,
  interrupted: EXIT.failed,
  unfinished: EXIT.failed,
};

/** Writes how a run ended. Answers the exit code. */
export function reportRun(output: Output, report: RunReport): number {
  if (output.settings.json) output.document(documentOf(report));
  else printSummary(output, report);
  return RUN_EXIT[report.status];
}

function documentOf(report: RunReport): object {
  const { run, name, status, wasDone, resumed, counts, isPartial, seconds, events, frames, flushes, digest } =
    report;
  return {
    ...{ run, name, status, wasDone, resumed, jobs: counts, isPartial, seconds: Number(seconds.toFixed(3)) },
    ...(events !== undefined && { events, frames, flushes }),
    ...(digest !== undefined && { digest }),
    troubled: report.troubled.map((job) => ({
      id: job.id,
      name: job.spec.name ?? null,
      status: job.status,
      error: errorOf(job) ?? null,
    })),
  };
}

function printSummary(output: Output, report: RunReport): void {
  const { green, red, yellow, bold } = output.style;
  const { status, name } = report;
  const mark = status === 'succeeded' ? green('✓') : status === 'interrupted' ? yellow('◌') : red('✗');
  const head = `${mark} ${bold(printable(name))} ${headline(report)}`;
  const facts = [jobsText(report), ...timeFacts(report)].join(', ');
  if (!output.settings.quiet) output.line(`${head}: ${facts}`);
  if (status === 'succeeded') {
    if (report.wasDone) output.notice(`nothing to do; to start anew, add --again`);
    return;
  }
  if (status === 'interrupted') {
    output.notice('the same command goes on where it stopped');
    return;
  }
  printTroubled(output, report);
}

function headline({ status, wasDone }: RunReport): string {
  return wasDone ? `had ${status} before` : status;
}

function jobsText({ counts: { total, succeeded }, isPartial }: RunReport): string {
  const rest = isPartial ? ' and those that have retired' : '';
  return total === succeeded
    ? `${grouped(total)} jobs${rest}`
    : `${grouped(succeeded)} of ${grouped(total)} jobs${rest} succeeded`;
}

function timeFacts({ seconds, wasDone, counts, flushes }: RunReport): string[] {
  if (wasDone) return [];
  return [
    longSpan(seconds * 1_000),
    ...(counts.retries > 0 ? [`${counts.retries} retries`] : []),
    ...(flushes === undefined ? [] : [`${grouped(flushes)} flushes`]),
  ];
}

function printTroubled(output: Output, { troubled, counts, run }: RunReport): void {
  const { dim, red } = output.errStyle;
  const names = shortNames(troubled);
  for (const job of troubled) {
    const error = errorOf(job);
    const text =
      error === undefined ? job.status : `${job.status}: ${error.message} ${dim(`(${error.code})`)}`;
    output.complain(
      `  ${red(names.get(job.id) ?? job.id)} ${printable(job.spec.name ?? job.spec.kind)} ${text}`,
    );
  }
  const more = counts.failed + counts.cancelled + counts.held - troubled.length;
  if (more > 0) output.complain(`  … and ${more} more: tksm job ls --run ${run} --status failed`);
  output.notice(
    `  ${dim('try:')} tksm job retry --run ${run}, then the same command; or the same with --again`,
  );
}

function errorOf(job: JobView): { readonly code: string; readonly message: string } | undefined {
  const { outcome, held } = job;
  return outcome === undefined || outcome.status === 'succeeded' ? held : outcome.error;
}
