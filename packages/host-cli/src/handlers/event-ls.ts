import type { RecordedEvent } from '@tksm/abstractions';
import { sayArchived } from '../events/archived-notice.ts';
import { eventColumns } from '../events/event-columns.ts';
import { isAbout } from '../events/event-filter.ts';
import { selectEvents } from '../events/select-events.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { dataFolder } from '../zone/configuration.ts';
import { jobNamed } from '../zone/job-named.ts';
import { shortNames } from '../zone/job-names.ts';
import { look } from '../zone/look.ts';

const DEFAULT_LIMIT = 100;

export const eventLs: Handler = async (call) => {
  const { flags, output } = call;
  const found = await look(await dataFolder(call));
  const { log, state } = found;
  const text = flags.text('job');
  const job = text === undefined ? undefined : (await jobNamed(found, text)).id;
  await sayArchived(call, log);
  const limit = flags.number('limit') ?? DEFAULT_LIMIT;
  const events: RecordedEvent[] = [];
  let isCut = false;
  for await (const recorded of selectEvents(log, flags)) {
    if (job !== undefined && !isAbout(recorded, job)) continue;
    isCut = events.length === limit;
    if (isCut) break;
    events.push(recorded);
  }
  if (output.settings.json) {
    output.document({ events, more: isCut });
    return EXIT.ok;
  }
  printTable(output, eventColumns(shortNames(state.jobs.list()), Date.now()), events);
  const last = events.at(-1);
  if (isCut && last !== undefined) output.notice(`more: --from ${last.position + 1}, or --limit N`);
  if (last === undefined) output.notice('no event matches');
  return EXIT.ok;
};
