import type { ValueObject } from '@tksm/abstractions';
import { systemRandom } from '@tksm/drivers-system';
import type { Invocation } from '../program/invocation.ts';
import { DECIDE_ONLY } from './with-kernel.ts';
import { withZone } from './with-zone.ts';

/** What an operation came to. */
export interface Performed {
  readonly output: ValueObject;
  /** The process that runs the folder; undefined when nothing does. */
  readonly holder: string | undefined;
}

/** Performs an operation of the kernel, once, without starting anything. Undefined when interrupted before. */
export async function perform(
  call: Invocation,
  kind: string,
  input: Readonly<Record<string, unknown>>,
): Promise<Performed | undefined> {
  const command = { kind, input, id: systemRandom.id() };
  return await withZone(
    call,
    async ({ zone, holder }) => {
      const { output } = await zone.perform(command);
      return { output: output as ValueObject, holder };
    },
    DECIDE_ONLY,
  );
}
