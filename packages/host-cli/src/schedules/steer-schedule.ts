import type { Invocation } from '../program/invocation.ts';
import { perform } from '../zone/perform.ts';
import type { Performed } from '../zone/perform.ts';

/** Performs an operation on a schedule, without starting anything. Undefined when interrupted before. */
export async function steerSchedule(
  call: Invocation,
  verb: 'set' | 'pause' | 'resume' | 'remove' | 'backfill',
  input: Readonly<Record<string, unknown>>,
): Promise<Performed | undefined> {
  return await perform(call, `schedule.${verb}`, input);
}
