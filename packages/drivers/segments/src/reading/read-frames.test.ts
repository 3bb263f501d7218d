import { expect, it } from 'vitest';
import type { FileLayer, OpenFile } from '../files/file-layer.ts';
import { nodeFiles } from '../files/node-files.ts';
import { systemError } from '../files/system-error.ts';
import { openSegmentsOn } from '../open-segments.ts';
import { temporaryFolder, tickingClock } from '../../test/data-folder.ts';

it('says StorageFailed when the disk refuses to be read, and reads on when it allows it again', async () => {
  let isBroken = false;
  const open: FileLayer['open'] = (file, mode) => {
    const opened = nodeFiles.open(file, mode);
    const read: OpenFile['read'] = (...range) => {
      if (isBroken) throw systemError('EIO', 'read');
      return opened.read(...range);
    };
    return { ...bound(opened), read };
  };
  const log = await openSegmentsOn({ ...nodeFiles, open }, { dir: temporaryFolder(), clock: tickingClock() });
  const { position, hash: previousHash } = await log.head();
  await log.append({ time: 1, epoch: 1, count: 1, payload: '[{}]' }, { position, previousHash, epoch: 1 });
  isBroken = true;
  await expect(log.read()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'StorageFailed' });
  isBroken = false;
  expect(await log.read()[Symbol.asyncIterator]().next()).toMatchObject({ value: { position: 0 } });
  await log.close();
});

function bound(file: OpenFile): Omit<OpenFile, 'read'> {
  const { write, size, truncate, flushData, flush, close } = file;
  return {
    ...{ write: write.bind(file), size: size.bind(file), truncate: truncate.bind(file) },
    ...{ flushData: flushData.bind(file), flush: flush.bind(file), close: close.bind(file) },
  };
}
