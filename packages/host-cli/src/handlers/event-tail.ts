import type { JobId, RecordedEvent } from '@tksm/abstractions';
import { readEvents } from '@tksm/core';
import { eventColumns } from '../events/event-columns.ts';
import { isAbout, typeFilter } from '../events/event-filter.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import type { Output } from '../terminal/output.ts';
import { tableLines } from '../terminal/table.ts';
import type { Column } from '../terminal/table.ts';
import { dataFolder } from '../zone/configuration.ts';
import { follow } from '../zone/follow.ts';
import { jobNamed } from '../zone/job-named.ts';
import { shortNames } from '../zone/job-names.ts';
import { look } from '../zone/look.ts';
import { endOfStream } from '../zone/end-of-stream.ts';

const DEFAULT_LINES = 10;

export const eventTail: Handler = async (call) => {
  const { flags, output } = call;
  const dir = await dataFolder(call);
  const found = await look(dir);
  const { log, state } = found;
  const text = flags.text('job');
  const job = text === undefined ? undefined : (await jobNamed(found, text)).id;
  const fits = typeFilter(flags.list('type'));
  const isWanted = (recorded: RecordedEvent): boolean =>
    fits(recorded.event) && (job === undefined || isAbout(recorded, job));
  const lines = flags.number('lines') ?? DEFAULT_LINES;
  const last: RecordedEvent[] = [];
  let next = 0;
  for await (const recorded of readEvents(log)) {
    next = recorded.position + 1;
    if (!isWanted(recorded)) continue;
    last.push(recorded);
    if (last.length > lines) last.shift();
  }
  const print = printer(output, state.jobs.list());
  await print(last);
  if (!flags.on('follow')) return EXIT.ok;
  const end = endOfStream(call);
  for await (const recorded of follow(dir, log, next, end.signal)) {
    if (isWanted(recorded)) await print([recorded]);
  }
  return end.exitCode();
};

/** Prints events as they come: lines of JSON, or of a table whose columns are set by the first ones. */
function printer(
  output: Output,
  jobs: Iterable<{ readonly id: JobId }>,
): (events: readonly RecordedEvent[]) => Promise<void> {
  const names = shortNames(jobs);
  return async (events) => {
    if (output.settings.json) {
      for (const event of events) await output.stream(`${JSON.stringify(event)}\n`);
      return;
    }
    const columns = eventColumns(names, Date.now());
    if (output.settings.plain) {
      for (const event of events) {
        await output.stream(`${columns.map(({ text, plain }) => (plain ?? text)(event)).join('\t')}\n`);
      }
      return;
    }
    const fixed = columns.map((column, at) => ({ ...column, text: padded(column, WIDTHS[at] ?? 0) }));
    const [, ...rows] = tableLines(fixed, events, output.style, output.width);
    for (const row of rows) await output.stream(`${row}\n`);
  };
}

/** Least widths of the columns, so that lines which come one by one still stand under each other. */
const WIDTHS = [7, 12, 18, 12, 0];

function padded({ text, align }: Column<RecordedEvent>, width: number): (event: RecordedEvent) => string {
  return (event) => (align === 'right' ? text(event).padStart(width) : text(event).padEnd(width));
}
