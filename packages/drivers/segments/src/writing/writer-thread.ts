// The thread that writes the log. Guarantees: a request is answered only when what it asked for is durable; between requests
// it sleeps without a timer, except once after the last one, to flush HEAD and to add zeros, and while handlers run.

import { hash } from 'node:crypto';
import fs from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { BlockDetector, WATCH_PERIOD_MS } from '../watching/block-detector.ts';
import type { OpenRequest, WriterFailure } from './control-block.ts';
import { ERROR_AT, ERROR_BYTES, FAULT, HASH_AT, REQUEST, viewsOf, WORD } from './control-block.ts';
import { SegmentWriter } from './segment-writer.ts';

/** How long the thread looks for the next request before it sleeps: about what waking it costs. */
const SPIN_MS = 0.1;
/** How long after the last request the thread uses the pause. */
const PAUSE_MS = 500;
/** Without a pause HEAD is flushed by the first request this long after its last flush: it lags by a second at most. */
const HEAD_FLUSH_MS = 500;

const shared = workerData as { readonly control: SharedArrayBuffer; readonly frame: SharedArrayBuffer };
const { words, bytes, place } = viewsOf(shared.control);
const frame = Buffer.from(shared.frame);
const detector = new BlockDetector(words, bytes, (line) => void fs.writeSync(2, line));
let writer: SegmentWriter | undefined;
let headFlushedAt = 0;

function run(): void {
  let seen = 0;
  let isSpinning = true;
  for (;;) {
    if (!isSpinning || !spinFor(seen)) sleep(seen);
    const request = Atomics.load(words, WORD.request);
    if (request === seen) continue;
    seen = request;
    const kind = words[WORD.kind];
    answer(kind);
    // A main thread that sleeps is often woken on this processor: spinning would only keep it waiting.
    isSpinning = Atomics.load(words, WORD.waiting) === 0;
    Atomics.store(words, WORD.done, seen);
    Atomics.notify(words, WORD.done);
    if (kind === REQUEST.close) return;
    flushLateHead();
  }
}

function spinFor(seen: number): boolean {
  const until = performance.now() + SPIN_MS;
  do {
    if (Atomics.load(words, WORD.request) !== seen) return true;
  } while (performance.now() < until);
  return false;
}

function sleep(seen: number): void {
  const bell = Atomics.load(words, WORD.bell);
  Atomics.store(words, WORD.asleep, 1);
  const isWatched = Atomics.load(words, WORD.watched) === 1;
  const hasWork = writer !== undefined && (writer.isHeadDirty || writer.wantsZeros);
  const timeoutMs = isWatched ? WATCH_PERIOD_MS : hasWork ? PAUSE_MS : Number.POSITIVE_INFINITY;
  const isIdle = Atomics.load(words, WORD.request) === seen;
  const woken = isIdle ? Atomics.wait(words, WORD.bell, bell, timeoutMs) : 'not-equal';
  Atomics.store(words, WORD.asleep, 0);
  Atomics.add(words, WORD.wakeUps, 1);
  if (isWatched) detector.look(performance.now(), woken === 'timed-out');
  if (woken === 'timed-out' && hasWork) usePause();
}

/** What is left to do when nobody waits. After a failure the next append fails too, and says so. */
function usePause(): void {
  try {
    writer?.flushHead();
    headFlushedAt = performance.now();
    if (writer?.wantsZeros === true) writer.addZeros();
  } catch {
    closeWriter();
  }
}

function flushLateHead(): void {
  const now = performance.now();
  if (writer?.isHeadDirty !== true || now - headFlushedAt < HEAD_FLUSH_MS) return;
  try {
    writer.flushHead();
    headFlushedAt = now;
  } catch {
    closeWriter();
  }
}

function answer(kind: number | undefined): void {
  words[WORD.failed] = 0;
  try {
    if (kind === REQUEST.open) open();
    else if (kind === REQUEST.append) append();
    else close();
  } catch (error) {
    closeWriter();
    fail(error);
  }
}

function open(): void {
  closeWriter();
  const received = parentPort === null ? undefined : receiveMessageOnPort(parentPort);
  writer = new SegmentWriter((received as { message: OpenRequest }).message, {
    flushed: () => void Atomics.add(words, WORD.flushes, 1),
    hash: (frameBytes) => hash('sha256', frameBytes, 'hex'),
    fault: injectFault,
  });
}

function append(): void {
  if (writer === undefined) throw systemError('EIO', 'the log is not open for writing');
  writer.append(frame, words[WORD.frameBytes] ?? 0);
  bytes.write(writer.hash, HASH_AT, 'latin1');
  place[0] = writer.segment;
  place[1] = writer.offset;
}

function close(): void {
  writer?.flushHead();
  closeWriter();
}

function closeWriter(): void {
  writer?.close();
  writer = undefined;
}

function fail(error: unknown): void {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : 'EUNKNOWN';
  const failure: WriterFailure = { errno, message: String(error).slice(0, ERROR_BYTES / 8) };
  words[WORD.failed] = 1;
  words[WORD.errorBytes] = bytes.write(JSON.stringify(failure), ERROR_AT, ERROR_BYTES, 'utf8');
}

function injectFault(moment: 'write' | 'flush', stored: Buffer, write: (part: Buffer) => void): void {
  const fault = words[WORD.fault];
  if (fault === FAULT.none || (moment === 'write') === (fault === FAULT.unflushed)) return;
  words[WORD.fault] = FAULT.none;
  if (fault === FAULT.torn) write(stored.subarray(0, stored.length >> 1));
  throw systemError('EIO', 'injected');
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

run();
