// Guarantees: a snapshot is made on a thread of its own, that lasts as long. Whatever it meets, its lines and its failure
// reach the thread that asked for it, and that one goes on.

import { setPriority } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { isKernelError, KernelError } from '@tksm/abstractions';
import type { Correlation, Logger, LogLevel, SerializedError, SnapshotMaker } from '@tksm/abstractions';

/** Niceness of the thread, where threads have one: the kernel comes first. */
const NICENESS = 10;

type Message =
  | { readonly level: LogLevel; readonly message: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly failed: SerializedError };

/**
 * Makes each snapshot of a folder on a thread of its own, that runs the given module: one that calls
 * `makeSnapshotInThread`.
 */
export function snapshotThreads(module: URL, dir: string, logger: Logger): SnapshotMaker {
  const make = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(module, { workerData: dir });
      let failed: KernelError | undefined;
      worker.on('message', (message: Message) => {
        if ('failed' in message) failed = KernelError.from(message.failed);
        else logger.log(message.level, message.message, message.fields);
      });
      worker.once('error', reject);
      worker.once('exit', (code) => {
        if (code === 0 && failed === undefined) resolve();
        else reject(failed ?? new KernelError('Internal', `the snapshot thread ended with ${code}`));
      });
    });
  return { make };
}

/** The thread's side: runs `make` over the folder, and tells how it went. */
export async function makeSnapshotInThread(
  make: (dir: string, logger: Logger) => Promise<void>,
): Promise<void> {
  // Elsewhere this would be the whole process's.
  if (process.platform === 'linux') setPriority(NICENESS);
  try {
    await make(workerData as string, new PortLogger());
  } catch (error) {
    if (!isKernelError(error)) throw error;
    tell({ failed: KernelError.from(error).toJSON() });
  }
}

class PortLogger implements Logger {
  readonly #ids: Correlation;

  constructor(ids: Correlation = {}) {
    this.#ids = ids;
  }

  log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    tell({ level, message, fields: { ...this.#ids, ...fields } });
  }

  child(correlation: Correlation): Logger {
    return new PortLogger({ ...this.#ids, ...correlation });
  }
}

function tell(message: Message): void {
  parentPort?.postMessage(message);
}
