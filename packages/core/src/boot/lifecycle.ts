import type { JobId, JobSpec, StoredValue, TaskKind, ZoneId } from '@tksm/abstractions';
import { JobIds } from '../jobs/derive-id.ts';
import { systemSpec, systemTask } from './system-job.ts';

/** Run, drain and shutdown of an incarnation, as jobs in the log. */
export type LifecycleStage = 'run' | 'drain' | 'shutdown';

const STAGES: readonly LifecycleStage[] = ['run', 'drain', 'shutdown'];

/** An incarnation has no end known beforehand; a lease needs one. A thousand years, which no timer is set for. */
export const UNBOUNDED_MS = 1_000 * 365 * 86_400_000;

export interface LifecyclePort {
  /** Resolves when the incarnation begins to drain. */
  untilDrain(): Promise<void>;
  /** Interrupts what runs, after a grace; answers how many handlers had to be told, and how many did not listen. */
  drain(graceMs: number): Promise<{ readonly interrupted: number; readonly abandoned: number }>;
}

export function lifecycleKinds(port: LifecyclePort): TaskKind[] {
  return [
    systemTask('kernel.run', async () => {
      await port.untilDrain();
      return null;
    }),
    systemTask('kernel.drain', async (input) => {
      const { graceMs = 0 } = (input ?? {}) as { readonly graceMs?: number };
      return { ...(await port.drain(graceMs)) };
    }),
    systemTask('kernel.shutdown', () => null),
  ];
}

/** The job of one stage of an incarnation. */
export function lifecycleJob(
  stage: LifecycleStage,
  zone: ZoneId,
  incarnation: string,
  input: StoredValue = null,
): { readonly id: JobId; readonly spec: JobSpec } {
  const correlation = `lifecycle:${incarnation}`;
  const id = new JobIds(zone, correlation).at(STAGES.indexOf(stage));
  const spec = systemSpec(`kernel.${stage}`, { input, correlation, timeoutMs: UNBOUNDED_MS, maxAttempts: 1 });
  return { id, spec };
}
