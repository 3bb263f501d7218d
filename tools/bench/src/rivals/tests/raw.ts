import type { Sample } from '../../bench-test.ts';
import { rawGroupCommit, rawSingleFlush } from '../../tests/raw-flush.ts';
import type { RivalStage, RivalTest } from '../rival-test.ts';

/** What the disk itself can do, by plain Node.js, in the same run. */
function rawTest(raw: typeof rawGroupCommit): RivalTest {
  return {
    async measure({ place, n, meter, bench: { setting } }: RivalStage): Promise<Sample> {
      return raw.measure({ dir: place.dir, n, setting, meter });
    },
  };
}

/** One flush for a hundred records of as many bytes as ours, one flush in flight. */
export const rawGroups = rawTest(rawGroupCommit);
/** One flush a record, at rest in between. */
export const rawFlushes = rawTest(rawSingleFlush);
