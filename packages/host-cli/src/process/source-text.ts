// Guarantees: no thread waits for whoever writes to a pipe, so that a signal or a time limit ends the wait.

import { closeSync, constants, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';
import { KernelError } from '@tksm/abstractions';

/** Of a pipe at first, to see whether somebody writes to it. */
const CHUNK_BYTES = 4_096;

/** The text of a file, or no more than its first bytes. @throws KernelError `FileUnreadable` for a pipe that nobody writes to */
export async function fileText(file: string, mostBytes: number): Promise<string> {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  if (isatty(fd)) return await streamText(new ReadStream(fd), mostBytes);
  if (!fstatSync(fd).isFIFO())
    return await streamText(createReadStream('', { fd, end: mostBytes - 1 }), mostBytes);
  const first = readReady(fd);
  if (first?.length !== 0)
    return await streamText(new Socket({ fd, readable: true, writable: false }), mostBytes, first);
  closeSync(fd);
  throw new KernelError('FileUnreadable', `nobody writes to the pipe ${file}`, {
    data: { file },
    next: 'start what writes to it first, or name a file',
  });
}

/** The text of a stream after what was read of it before, or no more than its first bytes. */
export async function streamText(stream: Readable, mostBytes: number, first?: Buffer): Promise<string> {
  const chunks = first === undefined ? [] : [first];
  let bytes = first?.length ?? 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= mostBytes) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, Math.min(bytes, mostBytes)));
}

/** What a pipe has: nothing when it is at its end; undefined when somebody has yet to write. */
function readReady(fd: number): Buffer | undefined {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  try {
    return chunk.subarray(0, readSync(fd, chunk));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined;
    throw error;
  }
}
