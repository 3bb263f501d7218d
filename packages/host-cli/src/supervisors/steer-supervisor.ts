import { fromStored, toStored } from '@tksm/abstractions';
import { systemRandom } from '@tksm/drivers-system';
import type { Invocation } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { DECIDE_ONLY } from '../zone/with-kernel.ts';
import { withZone } from '../zone/with-zone.ts';

/** Performs an operation on a supervisor, without starting anything that is queued, and says what was done. */
export async function steerSupervisor(
  call: Invocation,
  kind: `supervisor.${string}`,
  input: object,
  done: string,
): Promise<number> {
  const command = { kind, input: fromStored(toStored(input, 'kept')), id: systemRandom.id() };
  const receipt = await withZone(call, ({ zone }) => zone.perform(command), DECIDE_ONLY);
  if (receipt === undefined) return EXIT.failed;
  if (call.output.settings.json) call.output.document(receipt.output);
  else call.output.notice(done);
  return EXIT.ok;
}
