// The thread that writes the log. Guarantees: a request is answered only when what it asked for is durable; between requests
// it sleeps without a timer, except once after the last one, to flush HEAD and to add zeros, and while handlers run.

import fs from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { nodeFiles } from '../files/node-files.ts';
import { BlockDetector, WATCH_PERIOD_MS } from '../watching/block-detector.ts';
import type { OpenRequest, WriterFailure } from './control-block.ts';
import { ERROR_AT, ERROR_BYTES, REQUEST, viewsOf, WORD } from './control-block.ts';
import { PAUSE_MS, WriterDesk } from './writer-desk.ts';

/** How long the thread looks for the next request before it sleeps: about what waking it costs. */
const SPIN_MS = 0.1;

const shared = workerData as { readonly control: SharedArrayBuffer; readonly frame: SharedArrayBuffer };
const control = viewsOf(shared.control);
const { words, bytes } = control;
const desk = new WriterDesk(nodeFiles, control, Buffer.from(shared.frame));
const detector = new BlockDetector(words, bytes, (line) => void fs.writeSync(2, line));

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
    desk.useGap(performance.now());
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
  const { hasWork } = desk;
  const timeoutMs = isWatched ? WATCH_PERIOD_MS : hasWork ? PAUSE_MS : Number.POSITIVE_INFINITY;
  const isIdle = Atomics.load(words, WORD.request) === seen;
  const woken = isIdle ? Atomics.wait(words, WORD.bell, bell, timeoutMs) : 'not-equal';
  Atomics.store(words, WORD.asleep, 0);
  Atomics.add(words, WORD.wakeUps, 1);
  if (isWatched) detector.look(performance.now(), woken === 'timed-out');
  if (woken === 'timed-out' && hasWork) desk.usePause(performance.now());
}

function answer(kind: number | undefined): void {
  const failure = kind === REQUEST.open ? open() : kind === REQUEST.append ? desk.append() : desk.close();
  words[WORD.failed] = failure === undefined ? 0 : 1;
  if (failure === undefined) return;
  const text = JSON.stringify({ ...failure, message: failure.message.slice(0, ERROR_BYTES / 8) });
  words[WORD.errorBytes] = bytes.write(text, ERROR_AT, ERROR_BYTES, 'utf8');
}

function open(): WriterFailure | undefined {
  const received = parentPort === null ? undefined : receiveMessageOnPort(parentPort);
  return desk.open((received as { message: OpenRequest }).message);
}

run();
