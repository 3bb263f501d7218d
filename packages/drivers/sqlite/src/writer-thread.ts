// The thread that writes an index, so that the kernel's loop does not pay for it. Guarantees: an answer comes only when
// the rows can be read by every connection; requests are answered in order.

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { IndexFolder } from './index-folder.ts';
import type { IndexMark } from '@tksm/abstractions';
import { IndexWriter } from './index-writer.ts';
import type { PackedRows } from './packed-rows.ts';
import type { WriterAnswer, WriterRequest } from './writer-request.ts';

/** SQLite's own code for a full disk. */
const SQLITE_FULL = 13;
/** Most writes that share a transaction. */
const MOST_PACKS = 64;

let writer: IndexWriter | undefined;

function answer(work: (writer: IndexWriter) => void): WriterAnswer {
  try {
    work((writer ??= new IndexWriter(workerData as IndexFolder)));
    return undefined;
  } catch (error) {
    const { message, errcode } = error as Error & { readonly errcode?: number };
    return { code: errcode === SQLITE_FULL ? 'DiskFull' : 'StorageFailed', message };
  }
}

/** Takes what is queued: writes that lie behind one another share a transaction, which touches each page once. */
function take(first: WriterRequest): void {
  const packs: PackedRows[] = [];
  let request: WriterRequest | undefined = first;
  let mark: IndexMark | undefined;
  for (; request?.what === 'write' && packs.length < MOST_PACKS; request = next()) {
    packs.push(request.rows);
    mark = request.mark;
  }
  if (mark !== undefined) {
    const last = mark;
    const answered = answer((writer) => {
      writer.write(packs, last);
    });
    for (const _ of packs) parentPort?.postMessage(answered);
  }
  if (request === undefined) return;
  if (request.what === 'write') {
    take(request);
    return;
  }
  parentPort?.postMessage(
    request.what === 'clear'
      ? answer((writer) => {
          writer.clear();
        })
      : closed(),
  );
  if (request.what === 'close') parentPort?.close();
}

function closed(): WriterAnswer {
  return writer === undefined
    ? undefined
    : answer((open) => {
        open.close();
      });
}

function next(): WriterRequest | undefined {
  const received = parentPort === null ? undefined : receiveMessageOnPort(parentPort);
  return (received as { readonly message: WriterRequest } | undefined)?.message;
}

parentPort?.on('message', take);
