import { isKernelError } from '@tksm/abstractions';
import type { Kernel, LogReader } from '@tksm/abstractions';
import { replayState } from '@tksm/core';
import type { Auditor } from '../audit/auditor.ts';
import { shownVars } from '../audit/audited-vars.ts';
import { checkConsequences } from '../audit/consequences.ts';
import { mustHold } from '../audit/violation.ts';
import type { Patience } from './patience.ts';
import type { Verdict } from './verdict.ts';

/** What a state is compared by. */
export interface StateCheck {
  readonly kernel: Kernel;
  readonly log: LogReader;
  readonly auditor: Auditor;
  readonly patience: Patience;
}

/** The live state is the replayed state, and both are what the auditor made of the events. @throws Violation */
export async function checkState({ kernel, log, auditor, patience }: StateCheck): Promise<void> {
  const looking = kernel.read((state) => ({
    ...{ position: state.position, digest: state.digest(), vars: shownVars(state.vars, state.position) },
    ends: [...state.jobs.list()].map(({ id, outcome }) => [id, outcome?.status] as const),
    retired: [...auditor.jobs.values()].flatMap((job) => (job.retired ? [state.jobs.get(job.id)] : [])),
  }));
  const live = await patience.until(looking, 'a read').catch(() => undefined);
  if (live === undefined) return;
  const { position, digest } = live;
  auditor.vars.checkShown(live.vars);
  const replayed = await patience.until(replayState(log, position), 'a replay').catch(unlessUnreadable);
  if (replayed === undefined) return;
  const again = replayed.digest();
  mustHold('replay-is-live', again === digest, `at ${position}: ${again}, live ${digest}`);
  if (auditor.head.position !== position) return;
  for (const [id, end] of live.ends) {
    const audited = auditor.jobs.get(id)?.settled;
    mustHold(
      'replay-is-live',
      audited === end,
      `job ${id} is ${end ?? 'open'}, audited ${audited ?? 'open'}`,
    );
  }
  for (const view of live.retired) {
    const audited = view && auditor.jobs.get(view.id);
    const isFound = audited !== undefined && audited.settled === view?.outcome?.status;
    mustHold('retired-is-found', isFound, `job ${view?.id ?? ''} has retired, and is not found as it was`);
  }
  const open = [...auditor.jobs.values()].filter(({ retired }) => !retired).length;
  mustHold('replay-is-live', live.ends.length === open, `${live.ends.length} jobs, audited ${open}`);
  checkConsequences(auditor.jobs);
}

/** Looks at all variables while the kernel goes on: what is shown is durable, and what the log says. */
export function glance(kernel: Kernel, auditor: Auditor, verdict: Verdict): void {
  kernel
    .read((state) => shownVars(state.vars, state.position))
    .then(
      (shown) => {
        verdict.check(() => {
          const { position } = shown;
          const isDurable = position <= auditor.head.position;
          mustHold('durable-before-answer', isDurable, `a read showed ${position} events too early`);
          auditor.vars.checkShown(shown);
        });
      },
      // Of what a failed log has lost nothing is shown.
      () => undefined,
    );
}

/** A disk may refuse to be read; it may not be read wrong. */
function unlessUnreadable(error: unknown): undefined {
  if (!isKernelError(error, 'StorageFailed')) throw error;
}
