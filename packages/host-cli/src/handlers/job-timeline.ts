import type { JobReader, JobView, Position } from '@tksm/abstractions';
import { jobTimeline as timelineOf, ProjectionRunner, spansAt } from '@tksm/observability';
import type { TimelineSpan } from '@tksm/observability';
import { statusPaint } from '../jobs/status-paint.ts';
import { timelineColumns, timelineRows } from '../jobs/timeline-rows.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { printable } from '../terminal/text-width.ts';
import { isoTime, longSpan } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { jobNamed } from '../zone/job-named.ts';
import { logSource } from '../zone/log-source.ts';
import { look } from '../zone/look.ts';

export const jobTimeline: Handler = async (call) => {
  const { args, flags, output } = call;
  const found = await look(await dataFolder(call), flags.text('at'));
  const { log, state, now } = found;
  const job = await jobNamed(found, args[0] ?? '');
  const runner = await ProjectionRunner.open(timelineOf(job), { source: logSource(log, state.position) });
  await runner.rebuild(beginningOf(job, state.jobs));
  const { omitted } = runner.state;
  const spans = spansAt(runner.state, now);
  const sums = sumsOf(spans);
  const { id, spec, status, submittedAt, settledAt } = job;
  if (output.settings.json) {
    const { kind, name, tick } = spec;
    const facts = {
      id,
      kind,
      ...(name !== undefined && { name }),
      ...(tick && { tick }),
      status,
      submittedAt,
    };
    output.document({
      job: { ...facts, ...(settledAt !== undefined && { settledAt }) },
      ...sums,
      spans,
      omitted,
    });
    return EXIT.ok;
  }
  if (!output.settings.plain) {
    const { bold, dim } = output.style;
    const title = spec.name === undefined ? spec.kind : `${bold(printable(spec.name))} ${dim(spec.kind)}`;
    const took = longSpan((settledAt ?? now) - submittedAt);
    output.line(`${title} ${dim(id)} ${statusPaint(status, output.style)(status)}`);
    if (spec.tick !== undefined)
      output.line(dim(`tick of ${spec.tick.schedule} at ${isoTime(spec.tick.at)}`));
    output.line(dim(`submitted ${isoTime(submittedAt)}; ${took} in all: ${sumsText(sums)}`));
    output.line('');
  }
  const rows = timelineRows(spans);
  printTable(output, timelineColumns(rows), rows);
  if (omitted > 0)
    output.notice(`${omitted} spans and steps of this long story are left out: tksm event ls --job ${id}`);
  return EXIT.ok;
};

interface Sums {
  readonly attempts: number;
  readonly ms: Readonly<Partial<Record<TimelineSpan['kind'], number>>>;
}

function sumsOf(spans: readonly TimelineSpan[]): Sums {
  const ms: Partial<Record<TimelineSpan['kind'], number>> = {};
  for (const { kind, from, to = from } of spans) ms[kind] = (ms[kind] ?? 0) + to - from;
  return { attempts: spans.filter(({ kind }) => kind === 'running').length, ms };
}

function sumsText({ ms, attempts }: Sums): string {
  return Object.entries(ms)
    .map(
      ([kind, sum]) =>
        `${longSpan(sum)} ${kind}${kind === 'running' && attempts > 1 ? ` in ${attempts} attempts` : ''}`,
    )
    .join(', ');
}

/** The first event that matters: of the job, or of what it depends on. */
function beginningOf({ position, spec }: JobView, jobs: JobReader): Position {
  return Math.min(position, ...(spec.dependsOn ?? []).map((id) => jobs.get(id)?.position ?? position));
}
