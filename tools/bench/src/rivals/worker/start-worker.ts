import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { WorkerErrand } from './worker-errand.ts';

const LOOK_MS = 5;

/** A worker in a process of its own, to be killed or to be watched from outside. */
export function startWorker(errand: WorkerErrand): ChildProcess {
  const script = fileURLToPath(import.meta.resolve('./worker-process.ts'));
  return spawn(process.execPath, [script, JSON.stringify(errand)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** Ends it at once; resolves when it is gone. */
export async function killWorker(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const gone = once(worker, 'exit');
  worker.kill('SIGKILL');
  await gone;
}

/** Waits until something holds, or the time is up. */
export async function until(holds: () => boolean, limitMs: number): Promise<void> {
  const endsAt = performance.now() + limitMs;
  while (!holds() && performance.now() < endsAt) await sleep(LOOK_MS);
}
