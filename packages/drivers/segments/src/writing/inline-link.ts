// A writer on the thread that asks, for simulators and the tests of this driver: the same code as the writer thread's, with
// nothing left to chance. Guarantees: an answer is settled before `open` or `append` returns.

import { FRAME_HEADER_BYTES } from '@tksm/abstractions';
import type { Cancellation, Clock, Timers } from '@tksm/abstractions';
import type { FileLayer } from '../files/file-layer.ts';
import { MAX_FRAME_BYTES, storedBytes } from '../format/layout.ts';
import { CONTROL_BYTES, FAULT, viewsOf, WORD } from './control-block.ts';
import type { ControlBlock, Fault, OpenRequest, WriterFailure } from './control-block.ts';
import { PAUSE_MS, WriterDesk } from './writer-desk.ts';
import type { WriterLink } from './writer-link.ts';

export class InlineLink implements WriterLink {
  readonly control: ControlBlock = viewsOf(new SharedArrayBuffer(CONTROL_BYTES));
  readonly frame = Buffer.allocUnsafeSlow(storedBytes(FRAME_HEADER_BYTES + MAX_FRAME_BYTES));
  readonly #clock: Clock;
  readonly #timers: Timers | undefined;
  readonly #desk: WriterDesk;
  #pause: Cancellation | undefined;

  /** Without timers, pauses are not used: HEAD is flushed by later appends and at the end. */
  constructor(files: FileLayer, clock: Clock, timers?: Timers) {
    this.#clock = clock;
    this.#timers = timers;
    this.#desk = new WriterDesk(files, this.control, this.frame);
  }

  async open(request: OpenRequest): Promise<WriterFailure | undefined> {
    return this.#desk.open(request);
  }

  async append(frameBytes: number): Promise<WriterFailure | undefined> {
    this.control.words[WORD.frameBytes] = frameBytes;
    const failure = this.#desk.append();
    this.#desk.useGap(this.#clock.monotonic());
    this.#awaitPause();
    return failure;
  }

  async close(): Promise<void> {
    this.#pause?.cancel();
    this.#desk.close();
  }

  async kill(): Promise<void> {
    this.#pause?.cancel();
    this.#desk.drop();
  }

  failNext(fault: Fault): void {
    this.control.words[WORD.fault] = FAULT[fault];
  }

  #awaitPause(): void {
    this.#pause?.cancel();
    if (!this.#desk.hasWork) return;
    this.#pause = this.#timers?.after(PAUSE_MS, () => this.#desk.usePause(this.#clock.monotonic()));
  }
}
