import type { LogReader } from '@tksm/abstractions';
import { firstPosition } from '@tksm/core';
import type { Invocation } from '../program/invocation.ts';

/** Says that a list which begins where the log does is not all that happened. */
export async function sayArchived({ flags, output }: Invocation, log: LogReader): Promise<void> {
  if (flags.number('from') !== undefined) return;
  const first = await firstPosition(log);
  if (first > 0) output.notice(`events before ${first} are archived, and not in place`);
}
