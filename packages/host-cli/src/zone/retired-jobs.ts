import { isKernelError } from '@tksm/abstractions';
import type { JobId, JobView, LogReader, StateReader } from '@tksm/abstractions';
import { findIn, retiredJob, scanForRetired } from '@tksm/core';
import type { FindRetired } from '@tksm/core';
import { openJobIndexView } from '@tksm/drivers-sqlite';
import type { JobIndexView } from '@tksm/drivers-sqlite';

/** Jobs that have left the state, for somebody who looks: through the index when it can be read, else from the log. */
export class RetiredJobs {
  readonly #index: JobIndexView | undefined;

  constructor(dir: string) {
    this.#index = unlessDamaged(() => openJobIndexView({ dir }));
  }

  get find(): FindRetired {
    const index = this.#index;
    if (index === undefined) return () => undefined;
    return (id) => unlessDamaged(() => findIn(index)(id));
  }

  /** Ids that begin so. */
  startingWith(prefix: string, limit: number): readonly JobId[] {
    return unlessDamaged(() => this.#index?.startingWith(prefix, limit)) ?? [];
  }

  /** Latest retired first. What cannot be read of a damaged index is left out. */
  *latest(): Generator<JobView> {
    try {
      for (const { body } of this.#index?.latest() ?? []) {
        const job = retiredJob(body);
        if (job !== undefined) yield job;
      }
    } catch (error) {
      if (!isKernelError(error, 'IndexDamaged')) throw error;
    }
  }
}

/** The job of an id in full, from the log alone: for a folder whose index is missing, or cannot be read. */
export async function jobFromLog(
  log: LogReader,
  state: StateReader,
  id: string,
): Promise<JobView | undefined> {
  const { succeeded, failed, cancelled } = state.jobs.retired();
  if (succeeded + failed + cancelled === 0 || !/^[0-9a-f]{32}$/.test(id)) return undefined;
  return await scanForRetired(log, id as JobId, state.position);
}

function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isKernelError(error, 'IndexDamaged')) return undefined;
    throw error;
  }
}
