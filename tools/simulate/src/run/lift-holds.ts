import { isKernelError } from '@tksm/abstractions';
import type { Command, Kernel, StateReader } from '@tksm/abstractions';
import type { VirtualClock } from '@tksm/drivers-memory';
import type { Patience } from './patience.ts';

/** A command may be lost with a log that fails and recovers; so often it is given anew. */
const MAX_ROUNDS = 12;
/** Longer than a log takes that recovers. */
const ROUND_MS = 60_000;

/**
 * Takes back what holds jobs back until somebody takes it back, and swaps the policy once more, so that all can end that ever
 * will. Quotas, rates, pools, breakers and the ladder stay as they are: what waits for one of these comes to its end by itself.
 */
export async function liftHolds(kernel: Kernel, patience: Patience, clock: VirtualClock): Promise<void> {
  let wasNone = false;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const commands = await patience.until(kernel.read(holdsOf).catch(unlessTyped), 'a read');
    const isNone = commands?.length === 0;
    // What a client asks again after an unknown outcome may come later.
    if (isNone && wasNone) return;
    wasNone = isNone;
    const given = (commands ?? []).map((command) =>
      kernel.perform(command, kernel.operator).catch(unlessTyped),
    );
    await patience.until(Promise.all(given), 'what an operator does');
    if (round > 0 || isNone) await clock.advanceBy(ROUND_MS);
  }
}

/** Settings without which nothing waits for a person. */
const LIFTED = /^tksm\.(paused\.|scheduler\.policy$)/;

/** Commands that end what nothing else would. */
function holdsOf({ vars, breakers, ladder, jobs, schedules, supervisors }: StateReader): Command[] {
  const settings = vars.list({ prefix: 'tksm.' }).filter(({ name }) => LIFTED.test(name));
  const open = breakers.list().filter(({ phase, until }) => phase === 'open' && until === undefined);
  const rungs = ladder.list().filter(({ rung, by }) => rung !== 'ground' && by !== undefined);
  const paused = [...jobs.list({ status: 'held' })].filter(({ held }) => held?.code === 'Paused');
  const supervising = [...supervisors.list()].filter(
    ({ id, ended }) => ended === undefined && !id.includes('/'),
  );
  return [
    ...settings.map(({ name }) => ({ kind: 'var.delete', input: { name } })),
    ...[...schedules.list()].map(({ name }) => ({ kind: 'schedule.remove', input: { name } })),
    ...supervising.map(({ id }) => ({ kind: 'supervisor.stop', input: { supervisor: id } })),
    ...open.map(({ name }) => ({ kind: 'breaker.set', input: { breaker: name, phase: 'closed' } })),
    ...rungs.map(({ kind }) => ({ kind: 'ladder.set', input: { kind, rung: 'ground' } })),
    ...paused.map(({ id }) => ({ kind: 'job.resume', input: { job: id } })),
  ];
}

function unlessTyped(error: unknown): undefined {
  if (!isKernelError(error)) throw error;
}
