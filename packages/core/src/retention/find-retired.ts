import type { JobId, JobIndexReader, JobRecord, JobView, LogReader, Position } from '@tksm/abstractions';
import { replay } from '../log/replay.ts';
import { recordOf } from '../state/job-state.ts';
import { retiredView } from '../state/state-reader.ts';
import type { RetirementObserver } from './index-feed.ts';
import { readRow } from './retired-record.ts';

/** Finds the record of a retired job. */
export type FindRetired = (id: JobId) => JobRecord | undefined;

/** Finds retired jobs in an index, for somebody who only looks. */
export function findIn(index: Pick<JobIndexReader, 'get'>): FindRetired {
  return (id) => {
    const body = index.get(id);
    return body === undefined ? undefined : jobIn(body);
  };
}

/** The job in a row of an index; undefined when it is the answer to a command. @throws KernelError `IndexDamaged` */
export function retiredJob(body: string): JobView | undefined {
  const job = jobIn(body);
  return job && retiredView(job);
}

function jobIn(body: string): JobRecord | undefined {
  const found = readRow(body);
  return 'job' in found ? found.job : undefined;
}

/**
 * Finds a retired job without an index: reads the whole log, up to but not including `to`.
 *
 * @throws KernelError `LogDamaged`, `FormatTooNew`
 */
export async function scanForRetired(log: LogReader, id: JobId, to?: Position): Promise<JobView | undefined> {
  let found: JobRecord | undefined;
  const observer: RetirementObserver = {
    from: 0,
    retiring(before, event) {
      const job = event.jobs.includes(id) ? before.jobs.get(id) : undefined;
      if (job !== undefined) found = recordOf(job);
      return undefined;
    },
  };
  const { state } = await replay(log, { to, observer });
  return found === undefined || state.jobs.has(id) ? undefined : retiredView(found);
}
