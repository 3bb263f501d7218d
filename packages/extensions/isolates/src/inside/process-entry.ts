// The main thread of a process isolate. It runs no handler: it passes messages on between the kernel and the thread that
// does, says that the process is alive, and sees that thread block. When the kernel is gone it ends its whole group.

import { Socket } from 'node:net';
import { MessageChannel, Worker } from 'node:worker_threads';
import { MAX_MESSAGE_LENGTH } from '../wire/messages.ts';
import { LineReader } from '../wire/line-reader.ts';
import { Pulse, PULSE_BYTES } from '../wire/pulse.ts';
import { lookEveryMs, PulseWatch } from '../wire/pulse-watch.ts';
import { THREAD_ENTRY } from './entries.ts';
import type { ProcessNotice, ProcessPlan } from './thread-plan.ts';

/** Messages of the kernel may hold whole jobs; it is trusted. */
const MAX_KERNEL_LINE = 1024 * MAX_MESSAGE_LENGTH;

const { beatMs, heapMb, ...place } = JSON.parse(process.argv[2] ?? '') as ProcessPlan;
const messages = new Socket({ fd: 3 });
const notices = new Socket({ fd: 4 });
const shared = new SharedArrayBuffer(PULSE_BYTES);
const pulse = new Pulse(shared);
const { port1: port, port2 } = new MessageChannel();

function notice(what: ProcessNotice, then?: () => void): void {
  notices.write(`${JSON.stringify(what)}\n`, then);
}

/** The kernel is gone, or wants nothing more: whatever was started here ends with it. */
function endGroup(): void {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } finally {
    process.exit(1);
  }
}

const worker = new Worker(THREAD_ENTRY, {
  workerData: { ...place, port: port2, pulse: shared },
  transferList: [port2],
  ...(heapMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
});

worker.on('error', (error: unknown) => {
  const outOfMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
  notice(
    { type: 'crashed', message: error instanceof Error ? error.message : String(error), outOfMemory },
    endGroup,
  );
});
worker.on('exit', (code) => {
  notice({ type: 'crashed', message: `it ended its thread with ${code}`, outOfMemory: false }, endGroup);
});

const lines = new LineReader(MAX_KERNEL_LINE);
messages.on('data', (piece: Buffer) => {
  for (const line of lines.push(piece)) {
    port.postMessage(line);
    pulse.mail();
  }
});
port.on('message', (text: unknown) => {
  messages.write(`${String(text)}\n`);
});
for (const socket of [messages, notices]) socket.on('close', endGroup).on('error', endGroup);

// The kernel says when a run begins and when it has ended: between runs nothing wakes up.
let running: readonly NodeJS.Timeout[] = [];
notices.on('data', (piece) => {
  for (const timer of running) clearInterval(timer);
  running = [];
  if (!piece.toString().endsWith('run\n')) return;
  const watch = new PulseWatch(pulse);
  const beat = setInterval(() => {
    notice({ type: 'beat' });
  }, beatMs);
  const look = setInterval(() => {
    if (watch.look()) notice({ type: 'stalled' });
  }, lookEveryMs(place.stallMs));
  running = [beat, look];
});
