import { BOOT_PHASES } from '@tksm/abstractions';
import type {
  BootingKernel,
  BootPhase,
  BootTask,
  JobId,
  JobSpec,
  TaskKind,
  ZoneId,
} from '@tksm/abstractions';
import { JobIds } from '../jobs/derive-id.ts';
import { systemSpec, systemTask } from './system-job.ts';

/** What a phase checks of the kernel itself; returns facts for the log. */
export type PhaseChecks = Readonly<Record<BootPhase, () => Readonly<Record<string, string | number>>>>;

/** The kinds of the boot phases: each checks its part of the kernel, then runs what packages registered for it. */
export function bootKinds(
  tasks: readonly BootTask[],
  checks: PhaseChecks,
  kernel: () => BootingKernel,
): TaskKind[] {
  return BOOT_PHASES.map((phase) =>
    systemTask(`boot.${phase}`, async (_input, { log, signal }) => {
      const facts = checks[phase]();
      const ran: string[] = [];
      for (const task of tasks) {
        if (task.phase !== phase) continue;
        signal.throwIfAborted();
        await task.run({ log, signal, kernel: kernel() });
        ran.push(task.name);
      }
      return { ...facts, tasks: ran };
    }),
  );
}

/** The boot of one incarnation: a chain of jobs, one a phase. */
export function bootGraph(
  zone: ZoneId,
  incarnation: string,
): readonly { readonly id: JobId; readonly spec: JobSpec }[] {
  const correlation = `boot:${incarnation}`;
  const ids = new JobIds(zone, correlation);
  return BOOT_PHASES.map((phase, index) => ({
    id: ids.at(index),
    spec: systemSpec(`boot.${phase}`, { correlation, ...(index > 0 && { dependsOn: [ids.at(index - 1)] }) }),
  }));
}
