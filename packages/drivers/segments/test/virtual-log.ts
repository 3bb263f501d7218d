import type { Clock, Timers } from '@tksm/abstractions';
import type { FileLayer } from '../src/files/file-layer.ts';
import { openSegmentsOn } from '../src/open-segments.ts';
import type { SegmentsLog } from '../src/segments-log.ts';

/** Where the log lies on a disk in memory. */
export const DATA = '/data';

/** Small segments, so that a history meets their ends. */
export const SMALL_SEGMENT_BYTES = 8 * 1024;

/** A clock that is moved by hand, and its timers. */
export class VirtualTime implements Clock, Timers {
  #now = 0;
  #due: { readonly at: number; readonly call: () => void }[] = [];

  now(): number {
    return 1_700_000_000_000 + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(delayMs: number, call: () => void): { cancel(): void } {
    const entry = { at: this.#now + delayMs, call };
    this.#due.push(entry);
    return { cancel: () => void (this.#due = this.#due.filter((other) => other !== entry)) };
  }

  soon(call: () => void): void {
    queueMicrotask(call);
  }

  pass(ms: number): void {
    this.#now += ms;
    const due = this.#due.filter(({ at }) => at <= this.#now);
    this.#due = this.#due.filter(({ at }) => at > this.#now);
    for (const { call } of due) call();
  }
}

/** Opens a log over files that are not the machine's. */
export function openOn(
  files: FileLayer,
  time = new VirtualTime(),
  maxSegmentBytes = SMALL_SEGMENT_BYTES,
): Promise<SegmentsLog> {
  return openSegmentsOn(files, { dir: DATA, clock: time, timers: time, maxSegmentBytes });
}
