import { KernelError } from '@tksm/abstractions';
import type { Position, SupervisorEnd } from '@tksm/abstractions';
import type { Output } from '../terminal/output.ts';
import { EXIT } from '../terminal/exit-code.ts';
import type { ZoneUse } from '../zone/with-zone.ts';

const WORDS: Readonly<Record<SupervisorEnd, string>> = {
  stopped: 'was stopped',
  intensity: 'gave up: its children were restarted too often',
  'auto-shutdown': 'ended: its significant children are done',
};

/**
 * Waits until a supervisor has ended, and says why.
 *
 * @param from a position at which it had not
 * @throws KernelError `Unreachable` when another process ran it and has gone
 */
export async function awaitEnd(
  { zone, signal }: Pick<ZoneUse, 'zone' | 'signal'>,
  id: string,
  from: Position,
): Promise<SupervisorEnd> {
  for await (const { event } of zone.events({ from, signal }))
    if (event.type === 'supervisor.ended' && event.supervisor === id) return event.why;
  throw new KernelError('Unreachable', 'what ran the folder has gone before the supervisor ended', {
    ...{ data: { supervisor: id }, next: `tksm supervisor watch ${id}` },
  });
}

/** Says how a supervisor ended, and gives the exit code. */
export function reportEnd(output: Output, id: string, why: SupervisorEnd | undefined): number {
  if (why === undefined) return EXIT.failed;
  if (output.settings.json) output.document({ supervisor: id, ended: why });
  else output.notice(`${id} ${WORDS[why]}`);
  return why === 'intensity' ? EXIT.failed : EXIT.ok;
}
