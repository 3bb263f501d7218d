import { watch } from 'node:fs';
import path from 'node:path';
import type { LogReader, Position, RecordedEvent } from '@tksm/abstractions';
import { readEvents } from '@tksm/core';

/** How often a folder is looked at when the file system tells of no change, as on a network. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Events of a log that another process writes: from a position on, then as they come. Ends when the signal aborts.
 * Woken by the file system; never writes.
 */
export async function* follow(
  dir: string,
  log: LogReader,
  from: Position,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent> {
  const changes = new Changes(path.join(dir, 'log'), signal);
  let next = from;
  try {
    while (!signal.aborted) {
      const changed = changes.next();
      for await (const recorded of readEvents(log, next)) {
        if (isAborted(signal)) return;
        yield recorded;
        next = recorded.position + 1;
      }
      await changed;
    }
  } finally {
    changes.close();
  }
}

/** Tells that a folder changed, or that it is time to look again. */
class Changes {
  #wake: () => void = () => undefined;
  readonly #watcher: { close(): void } | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(folder: string, signal: AbortSignal) {
    const wake = (): void => {
      this.#wake();
    };
    this.#watcher = watchFolder(folder, wake);
    this.#timer = setInterval(wake, LOOK_AGAIN_MS);
    signal.addEventListener('abort', wake, { once: true });
  }

  /** Resolves with the first change after this call. */
  next(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  close(): void {
    this.#watcher?.close();
    clearInterval(this.#timer);
  }
}

function watchFolder(folder: string, changed: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, changed);
    watcher.on('error', () => undefined);
    return watcher;
  } catch {
    // The timer does.
    return undefined;
  }
}

/** Apart, because an abort may come between two looks at a value that the compiler thinks settled. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
