import { Worker } from 'node:worker_threads';

/** Until the thread is up. */
const LEAD_MS = 200;

/** What one beat is told: which it is, and when it was due, on the clock of `performance.now`. */
type Beat = (beat: number, dueAt: number) => void;

/**
 * Calls `onBeat` at a fixed rate, `count` times. A beat that comes late keeps the time at which it was due, so that waiting
 * caused by those before it is not left out of what is measured (no coordinated omission).
 */
export async function beatAt(ratePerS: number, count: number, onBeat: Beat): Promise<void> {
  const intervalMs = 1_000 / ratePerS;
  const firstAt = performance.now() + LEAD_MS;
  // Clocks of threads begin at different times; only with their origins are they the same.
  const workerData = { firstAt: performance.timeOrigin + firstAt, intervalMs, count };
  const thread = new Worker(new URL('./metronome-thread.ts', import.meta.url), { workerData });
  await new Promise<void>((resolve, reject) => {
    thread.on('error', reject);
    thread.on('message', (beat: number) => {
      onBeat(beat, firstAt + beat * intervalMs);
      if (beat === count - 1) resolve();
    });
  });
  await thread.terminate();
}
