import type { ValueObject } from '@tksm/abstractions';
import { systemRandom } from '@tksm/drivers-system';
import type { Invocation } from '../program/invocation.ts';
import { DECIDE_ONLY } from '../zone/with-kernel.ts';
import { withZone } from '../zone/with-zone.ts';

/** What an operation on a schedule answers. */
export interface Steered {
  readonly output: ValueObject;
  /** The process that runs the folder; undefined when nothing does. */
  readonly holder: string | undefined;
}

/** Performs an operation on a schedule, without starting anything. Undefined when interrupted before. */
export async function steerSchedule(
  call: Invocation,
  verb: 'set' | 'pause' | 'resume' | 'remove' | 'backfill',
  input: Readonly<Record<string, unknown>>,
): Promise<Steered | undefined> {
  const command = { kind: `schedule.${verb}`, input, id: systemRandom.id() };
  return await withZone(
    call,
    async ({ zone, holder }) => {
      const { output } = await zone.perform(command);
      return { output: output as ValueObject, holder };
    },
    DECIDE_ONLY,
  );
}
