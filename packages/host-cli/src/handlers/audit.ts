import { KernelError } from '@tksm/abstractions';
import type { CapabilityRecord, RecordedEvent } from '@tksm/abstractions';
import { explainEvent, readEvents } from '@tksm/core';
import type { ExplainedHandle, Explanation } from '@tksm/core';
import { positionArgument } from '../events/position-argument.ts';
import type { Handler, Invocation } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import type { Column } from '../terminal/table.ts';
import { printTable } from '../terminal/table.ts';
import { printable } from '../terminal/text-width.ts';
import { isoTime, relative } from '../terminal/times.ts';
import { caveatsText } from '../tokens/caveats-text.ts';
import { usesText } from '../tokens/uses-text.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

export const audit: Handler = (call) => (call.args[0] === undefined ? listHandles(call) : explain(call));

/** Who may do what. */
async function listHandles(call: Invocation): Promise<number> {
  const { flags, output } = call;
  const { state, now } = await look(await dataFolder(call), flags.text('at'));
  const handles = [...state.capabilities.list()];
  if (output.settings.json) {
    output.document({ handles });
    return EXIT.ok;
  }
  if (handles.length === 0) output.notice("there is no handle but the operator's, which allows everything");
  printTable<CapabilityRecord>(
    output,
    [
      ...columns<CapabilityRecord>((record) => record, now),
      { title: 'PARENT', text: ({ parent }) => parent },
      { title: 'USES', text: usesText, align: 'right' },
      { title: 'SINCE', text: ({ time }) => relative(time, now), plain: ({ time }) => isoTime(time) },
      { title: 'NOTE', text: ({ note = '-' }) => printable(note), shrinks: true },
    ],
    handles,
  );
  return EXIT.ok;
}

/** What allowed an event. */
async function explain(call: Invocation): Promise<number> {
  const { args, flags, output } = call;
  if (flags.text('at') !== undefined)
    throw new KernelError('UsageError', 'a position and --at exclude each other');
  const position = positionArgument(args[0] ?? '');
  const { log, state } = await look(await dataFolder(call), { position });
  let recorded: RecordedEvent | undefined;
  for await (const found of readEvents(log, position)) {
    recorded = found;
    break;
  }
  if (recorded === undefined) {
    const { position: events } = await log.head();
    throw new KernelError('EventNotFound', `there is no event ${position}: the log has ${events}`, {
      data: { position, events },
    });
  }
  const explanation = explainEvent(recorded.event, state);
  if (output.settings.json) {
    output.document({ ...recorded, ...explanation });
    return EXIT.ok;
  }
  output.line(`${position}  ${isoTime(recorded.time)}  ${recorded.event.type}`);
  output.line(wordsOf(explanation));
  const all = [
    ...columns<ExplainedHandle>(({ capability }) => capability, recorded.time),
    { title: 'FOR THIS', text: ({ rights }) => (rights.length === 0 ? '-' : rights.join(', ')) },
  ] satisfies Column<ExplainedHandle>[];
  if (explanation.chain.length > 0) printTable(output, all, explanation.chain);
  return EXIT.ok;
}

function wordsOf({ handle, needed, chain, refused }: Explanation): string {
  if (refused !== undefined) {
    const why = needed.length === 0 ? refused : `${needed.join(', ')} (${refused})`;
    return `refused to handle ${handle}: ${printable(why)}`;
  }
  if (handle === undefined) return 'names no handle: it follows from what was allowed before';
  const what = needed.length === 0 ? 'no right' : needed.join(', ');
  if (chain.length > 0) return `by handle ${handle}, needed ${what}`;
  return `by handle ${handle}, needed ${what}: ${handle === 'operator' ? 'the operator may do everything' : 'it was not live then'}`;
}

function columns<T>(recordOf: (row: T) => CapabilityRecord, now: number): Column<T>[] {
  return [
    { title: 'HANDLE', text: (row) => recordOf(row).id },
    { title: 'RIGHTS', text: (row) => recordOf(row).rights.join(', ') },
    {
      title: 'CAVEATS',
      text: (row) => caveatsText(recordOf(row).caveats, now),
      plain: (row) => JSON.stringify(recordOf(row).caveats ?? {}),
    },
  ];
}
