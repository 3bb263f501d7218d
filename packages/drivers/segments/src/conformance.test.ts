import { describeEventLog } from '@tksm/conformance';
import type { EventLogFixture } from '@tksm/conformance';
import { flipBit, openLog, placeOfFrame, temporaryFolder } from '../test/data-folder.ts';

/** Small segments, so that the suite meets their ends. */
const maxSegmentBytes = 16 * 1024;

async function createFixture(): Promise<EventLogFixture> {
  let log = await openLog(temporaryFolder(), { maxSegmentBytes });
  return {
    log,
    reopen: async () => {
      await log.crash();
      return (log = await openLog(log.dir, { maxSegmentBytes }));
    },
    destroy: async () => log.close(),
    failNext: (written) => log.failNext(written ? 'unflushed' : 'unwritten'),
    damage: (position) => {
      const { file, payloadAt } = placeOfFrame(log.dir, position);
      flipBit(file, payloadAt, 3);
    },
  };
}

describeEventLog({ name: 'segments', create: createFixture, capabilities: { faults: true, damage: true } });
