import type { LogReader, RecordedEvent } from '@tksm/abstractions';
import { readEvents } from '@tksm/core';
import type { FlagValues } from '../program/flag-values.ts';
import { typeFilter } from './event-filter.ts';

/** The events that `--from`, `--to` and `--type` ask for, in the order of the log. */
export async function* selectEvents(log: LogReader, flags: FlagValues): AsyncGenerator<RecordedEvent> {
  const to = flags.number('to') ?? Number.POSITIVE_INFINITY;
  const fits = typeFilter(flags.list('type'));
  for await (const recorded of readEvents(log, flags.number('from'))) {
    if (recorded.position >= to) return;
    if (fits(recorded.event)) yield recorded;
  }
}
