// Beats at its times from a thread of its own, whatever the loop of the main thread is busy with. It sleeps in between.
import { parentPort, workerData } from 'node:worker_threads';

const { firstAt, intervalMs, count } = workerData as {
  readonly firstAt: number;
  readonly intervalMs: number;
  readonly count: number;
};
const bell = new Int32Array(new SharedArrayBuffer(4));
const now = (): number => performance.timeOrigin + performance.now();

for (let beat = 0; beat < count; beat++) {
  const waitMs = firstAt + beat * intervalMs - now();
  if (waitMs > 0) Atomics.wait(bell, 0, 0, waitMs);
  parentPort?.postMessage(beat);
}
