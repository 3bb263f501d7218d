// A process that opens a log and does what its arguments and standard input say; started by the tests of this package.
/* eslint-disable no-restricted-globals, no-restricted-properties -- a real process, on real time */
import fs from 'node:fs';
import { createInterface } from 'node:readline';
import { openEventLog } from '../src/open-segments.ts';
import { append } from './appending.ts';

const [task = '', dir = '', size = '1'] = process.argv.slice(2);
const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const say = (line: string): void => void fs.writeSync(1, `${line}\n`);

const log = await openEventLog({ dir, clock, maxSegmentBytes: 256 * 1024 });
say('open');

if (task === 'append') {
  // As fast as it can, until it is killed. A line is written only after the acknowledgement.
  for (let i = 0; ; i++) {
    const outcome = await append(log, JSON.stringify([i, 'x'.repeat((i * 97) % Number(size))]));
    if (outcome.status !== 'committed') throw new Error(outcome.status);
    say(`${outcome.head.position} ${outcome.head.hash}`);
  }
}
if (task === 'block') {
  log.loopWatch.onBlocked((label, ms) => say(`${label} ${ms >= 1000}`));
  log.loopWatch.enter('sluggish-kind');
  // The first beats tell that the watch is on.
  setTimeout(() => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2200);
    log.loopWatch.leave();
    say('unblocked');
  }, 300);
}
if (task === 'beside') {
  log.loopWatch.onBlocked((label) => say(`blocked ${label}`));
  const busyUntil = performance.now() + 1600;
  while (performance.now() < busyUntil) {
    log.loopWatch.enter('quick-kind');
    log.loopWatch.leave();
    await new Promise((resolve) => void setImmediate(resolve));
  }
  say('done');
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'append') say(JSON.stringify(await append(log, '["one"]')));
  if (line === 'settle') say(JSON.stringify(await log.settle()));
  if (line === 'append' && task === 'idle') break;
  if (line === 'close') break;
}
if (task === 'idle') {
  // Longer than the one pause after which the thread tidies up.
  setTimeout(() => say('idle from here'), 1500);
  await new Promise((resolve) => setTimeout(resolve, 3500));
  say('idle until here');
}
await log.close();
say('closed');
process.stdin.destroy();
