import type { RecordedEvent } from '@tksm/abstractions';
import { readEvents } from '@tksm/core';
import { describeJob } from '../jobs/describe-job.ts';
import { eventColumns } from '../events/event-columns.ts';
import { isAbout } from '../events/event-filter.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { dataFolder } from '../zone/configuration.ts';
import { jobNamed } from '../zone/job-named.ts';
import { shortNames } from '../zone/job-names.ts';
import { look } from '../zone/look.ts';
import { revealed } from '../zone/revealed.ts';

export const jobShow: Handler = async (call) => {
  const { args, flags, output } = call;
  const dir = await dataFolder(call);
  const found = await look(dir, flags.text('at'));
  const { state, log, now } = found;
  const job = await revealed(await jobNamed(found, args[0] ?? ''), dir, state);
  const events: RecordedEvent[] = [];
  if (flags.on('events')) {
    for await (const recorded of readEvents(log, job.position)) {
      if (recorded.position >= state.position) break;
      if (isAbout(recorded, job.id)) events.push(recorded);
    }
  }
  const children = [...state.jobs.list({ parent: job.id })];
  const heldBack = state.jobs.heldBackBy(job.id);
  if (output.settings.json) {
    output.document({
      ...{ job, heldBack, children: children.map(({ id }) => id) },
      ...(flags.on('events') && { events }),
    });
    return EXIT.ok;
  }
  const names = shortNames(state.jobs.list());
  for (const line of describeJob(job, children, { names, heldBack, style: output.style, now }))
    output.line(line);
  if (events.length > 0) {
    output.line('');
    printTable(output, eventColumns(names, now), events);
  }
  return EXIT.ok;
};
