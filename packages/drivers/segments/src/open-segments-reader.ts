import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { Frame, LogHead, LogReader, ReadOptions } from '@tksm/abstractions';
import type { DataFolder } from './files/file-layer.ts';
import { nodeFiles } from './files/node-files.ts';
import { durableHead } from './reading/durable-head.ts';
import { PlaceIndex } from './reading/place-index.ts';
import { readLog } from './reading/read-log.ts';
import { hasKnownFormat, listAllSegments } from './reading/segment-files.ts';
import { onStorage } from './reading/storage-error.ts';

export interface OpenSegmentsReaderOptions {
  /** The data folder. */
  readonly dir: string;
}

/**
 * Opens a data folder to read it: without a lock, without writing anything, beside a writer or without one. It shows what
 * is known to be flushed: a frame that is just being written is not there yet.
 *
 * @throws KernelError `DataFolderMissing`, `FormatTooNew`
 */
export async function openSegmentsReader(options: OpenSegmentsReaderOptions): Promise<LogReader> {
  const dir = path.resolve(options.dir);
  const folder = { files: nodeFiles, dir };
  await onStorage(`${dir} could not be read`, () => {
    listAllSegments(folder);
    hasKnownFormat(folder);
  });
  return new SegmentsReader(folder);
}

class SegmentsReader implements LogReader {
  readonly #folder: DataFolder;
  readonly #index = new PlaceIndex();
  #isClosed = false;

  constructor(folder: DataFolder) {
    this.#folder = folder;
  }

  async head(): Promise<LogHead> {
    this.#checkOpen();
    // Who polls must not keep others from running.
    await this.#folder.files.turn();
    return (await onStorage('the log could not be read', () => durableHead(this.#folder))).head;
  }

  read(options: ReadOptions = {}): AsyncIterable<Frame> {
    const head = this.head();
    // Met when the frames are asked for; until then it must not count as unhandled.
    head.catch(() => undefined);
    return this.#frames(options.from, head);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async *#frames(from: number | undefined, head: Promise<LogHead>): AsyncGenerator<Frame> {
    const range = { from, until: await head };
    yield* readLog(this.#folder, this.#index, range, () => this.#checkOpen());
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new KernelError('LogClosed', 'the reader is closed');
  }
}
