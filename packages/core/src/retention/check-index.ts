import { isDeepStrictEqual } from 'node:util';
import type { IndexRow, JobId, JobIndexReader, LogReader } from '@tksm/abstractions';
import { isKernelError } from '@tksm/abstractions';
import { deriveJobId } from '../jobs/derive-id.ts';
import { replay } from '../log/replay.ts';
import type { RetirementObserver } from './index-feed.ts';
import { readRow, rowsOf } from './retired-record.ts';
import { countRetired } from './retired-rows.ts';

/** Wrong rows that are remembered; more than that say nothing new. */
const MAX_WRONG = 1_000;

export interface IndexCheck {
  /** Records that the log has retired, each as often as it did. */
  readonly records: number;
  /** Ids whose rows are missing or changed; at most 1,000. */
  readonly wrong: readonly JobId[];
  /** Rows that belong to nothing in this log. */
  readonly foreign: number;
}

/**
 * Compares an index with its log, row by row, in memory that does not grow with either. An index that a kernel is writing
 * meanwhile may be ahead of the log that was read.
 *
 * @throws KernelError `LogDamaged`, `FormatTooNew`
 */
export async function checkIndex(log: LogReader, index: JobIndexReader): Promise<IndexCheck> {
  const wrong = new Set<JobId>();
  let records = 0;
  const observer: RetirementObserver = {
    from: 0,
    retiring(before, event) {
      for (const row of rowsOf(before, event).rows) {
        records += 1;
        // A record that is recalled and retires again has the row of the last time.
        if (isAsWritten(index, row)) wrong.delete(row.id);
        else if (wrong.size < MAX_WRONG) wrong.add(row.id);
      }
      return undefined;
    },
  };
  const { state } = await replay(log, { observer });
  // Of what is in the state there are rows, too: written ahead of the event, or left by a recall.
  let early = 0;
  const answers = [...state.commands.keys()].map((cmd) => deriveJobId(state.zone, cmd));
  for (const id of [...state.jobs.keys(), ...answers]) {
    if (index.startingWith(id, 1).length === 0) continue;
    early += 1;
    wrong.delete(id);
  }
  return { records, wrong: [...wrong], foreign: Math.max(0, index.size - countRetired(state) - early) };
}

function isAsWritten(index: JobIndexReader, { id, body }: IndexRow): boolean {
  try {
    const found = index.get(id);
    // A state that came from a snapshot has its keys in another order.
    return found === body || (found !== undefined && isDeepStrictEqual(readRow(found), readRow(body)));
  } catch (error) {
    if (isKernelError(error, 'IndexDamaged')) return false;
    throw error;
  }
}
