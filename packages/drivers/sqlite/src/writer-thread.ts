// The thread that writes an index, so that the kernel's loop does not pay for it. Guarantees: an answer comes only when
// the rows can be read by every connection; requests are answered in order.

import { parentPort, workerData } from 'node:worker_threads';
import type { IndexFolder } from './index-folder.ts';
import { IndexWriter } from './index-writer.ts';
import type { WriterAnswer, WriterRequest } from './writer-request.ts';

/** SQLite's own code for a full disk. */
const SQLITE_FULL = 13;

let writer: IndexWriter | undefined;

function answer(request: WriterRequest): WriterAnswer {
  try {
    if (request.what === 'close') {
      writer?.close();
      return undefined;
    }
    writer ??= new IndexWriter(workerData as IndexFolder);
    if (request.what === 'clear') writer.clear();
    else writer.write(request.rows, request.mark);
    return undefined;
  } catch (error) {
    const { message, errcode } = error as Error & { readonly errcode?: number };
    return { code: errcode === SQLITE_FULL ? 'DiskFull' : 'StorageFailed', message };
  }
}

parentPort?.on('message', (request: WriterRequest) => {
  parentPort?.postMessage(answer(request));
  if (request.what === 'close') parentPort?.close();
});
