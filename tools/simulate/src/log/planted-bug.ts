// Mistakes that a log could make. None is in shipped code: they are planted between the driver and the disk, or around the
// driver, and show whether a run would see them.

import { hash as sha } from 'node:crypto';
import { decodeFrameHeader, FRAME_HEADER_BYTES, isKernelError } from '@tksm/abstractions';
import type { EventLog, Frame, Hash } from '@tksm/abstractions';
import type { FileLayer, OpenFile } from '@tksm/drivers-segments';
import { storedFrames } from '../disk/log-image.ts';
import type { SimDisk } from '../disk/sim-disk.ts';
import type { PlantedBug } from './bug-names.ts';

/** Opens a log with a mistake in it. */
export async function openWithBug(
  bug: PlantedBug,
  disk: SimDisk,
  files: FileLayer,
  open: (files: FileLayer) => Promise<EventLog>,
): Promise<EventLog> {
  switch (bug) {
    case 'ack-before-flush':
      return open({ ...files, open: (file, mode) => withoutFlush(files.open(file, mode)) });
    case 'forget-folder-flush':
      return open({ ...files, flushFolder: () => undefined });
    case 'cut-acknowledged-tail':
      return open(files).catch((error: unknown) => {
        cutTail(error, files);
        return open(files);
      });
    case 'skip-chain-check':
      return withUncheckedReads(await open(files), disk);
  }
}

/** The flush that an acknowledgement waits for does nothing. */
function withoutFlush(file: OpenFile): OpenFile {
  return {
    read: (into, from, length, at) => file.read(into, from, length, at),
    write: (bytes, from, length, at) => file.write(bytes, from, length, at),
    size: () => file.size(),
    truncate: (length) => {
      file.truncate(length);
    },
    flushData: () => undefined,
    flush: () => {
      file.flush();
    },
    close: () => {
      file.close();
    },
  };
}

/** What cannot be read is cut off, though HEAD says that it was flushed. */
function cutTail(error: unknown, files: FileLayer): void {
  if (!isKernelError(error, 'LogDamaged')) throw error;
  const { file, offset } = error.data as { readonly file: string; readonly offset: number };
  const folder = '/sim/log';
  for (const name of files.list(folder)) {
    if (name === 'HEAD' || name > file.slice('log/'.length)) files.remove(`${folder}/${name}`);
  }
  const tail = files.open(`/sim/${file}`, 'update');
  tail.truncate(offset);
  tail.flush();
  tail.close();
}

/** Whatever stands where a frame should is given out as one. */
function withUncheckedReads(log: EventLog, disk: SimDisk): EventLog {
  const read = async function* ({ from = 0 }: { readonly from?: number } = {}): AsyncGenerator<Frame> {
    const { position: to } = await log.head();
    let position = 0;
    for (const { frame } of storedFrames(disk)) {
      const { count, time, epoch, previousHash } = decodeFrameHeader(frame);
      const hash = sha('sha256', Buffer.concat([Buffer.alloc(1), frame]), 'hex') as Hash;
      const payload = frame.subarray(FRAME_HEADER_BYTES);
      if (position + count > from && position < to)
        yield { position, count, time, epoch, previousHash, hash, payload };
      position += count;
    }
  };
  return new Proxy(log, {
    get: (target, key) => {
      if (key === 'read') return read;
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
