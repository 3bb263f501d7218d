// The main thread's side of the writer thread. Guarantees: every request is answered once, also when the thread dies; while
// one is under way the process stays alive, otherwise the thread does not hold it.

import { Worker } from 'node:worker_threads';
import { FRAME_HEADER_BYTES } from '@tksm/abstractions';
import type { Clock } from '@tksm/abstractions';
import { MAX_FRAME_BYTES, storedBytes } from '../format/layout.ts';
import { CONTROL_BYTES, ERROR_AT, FAULT, REQUEST, ringBell, viewsOf, WORD } from './control-block.ts';
import type { ControlBlock, Fault, OpenRequest, WriterFailure } from './control-block.ts';
import type { WriterLink } from './writer-link.ts';

/** How long an answer is polled for: some flushes. */
const POLL_MS = 0.5;
/** A request that follows the last answer this closely is one of many: the next will meet an awake thread. */
const CLOSE_MS = 0.3;
/** Most requests in a row that are not polled for after polling was in vain. */
const MAX_UNPOLLED = 16;
/** Turns of the loop in that time, for a clock that stands still. */
const MAX_POLLS = 1000;

// From sources, Node strips the types of the thread's file; from dist there is nothing to strip.
const THREAD_FILE = import.meta.url.endsWith('.ts')
  ? new URL('./writer-thread.ts', import.meta.url)
  : new URL('./writer-thread.js', import.meta.url);

const NO_FAILURE: WriterFailure = { errno: 'EUNKNOWN', message: 'the writer thread ended' };

export class ThreadLink implements WriterLink {
  readonly control: ControlBlock;
  readonly frame: Buffer<SharedArrayBuffer>;
  readonly #clock: Clock;
  readonly #shared: { readonly control: SharedArrayBuffer; readonly frame: SharedArrayBuffer };
  #worker: Worker | undefined;
  #exited: Promise<void> = Promise.resolve();
  #number = 0;
  /** Requests yet to go without polling, and how many the next vain poll adds. */
  #unpolled = 0;
  #penalty = 1;
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#shared = {
      control: new SharedArrayBuffer(CONTROL_BYTES),
      frame: new SharedArrayBuffer(storedBytes(FRAME_HEADER_BYTES + MAX_FRAME_BYTES)),
    };
    this.control = viewsOf(this.#shared.control);
    this.frame = Buffer.from(this.#shared.frame);
    this.#start();
  }

  open(request: OpenRequest): Promise<WriterFailure | undefined> {
    if (this.#worker === undefined) this.#start();
    this.#worker?.postMessage(request);
    return this.#request(REQUEST.open, 0);
  }

  append(frameBytes: number): Promise<WriterFailure | undefined> {
    return this.#request(REQUEST.append, frameBytes);
  }

  async close(): Promise<void> {
    this.#worker?.ref();
    if (this.#worker !== undefined) await this.#request(REQUEST.close, 0);
    this.#worker?.ref();
    await this.#exited;
  }

  async kill(): Promise<void> {
    await this.#worker?.terminate();
    await this.#exited;
  }

  failNext(fault: Fault): void {
    this.control.words[WORD.fault] = FAULT[fault];
  }

  #start(): void {
    const worker = new Worker(THREAD_FILE, {
      workerData: this.#shared,
      execArgv: [],
      trackUnmanagedFds: false,
    });
    worker.unref();
    // Its end tells all that an error does; without a listener the error would end the process.
    worker.on('error', () => undefined);
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#worker = undefined;
        this.#answerForTheDead();
        resolve();
      });
    });
    this.#worker = worker;
  }

  #answerForTheDead(): void {
    const { words } = this.control;
    if (Atomics.load(words, WORD.done) === this.#number) return;
    words[WORD.failed] = 1;
    words[WORD.errorBytes] = 0;
    Atomics.store(words, WORD.done, this.#number);
    Atomics.notify(words, WORD.done);
  }

  async #request(kind: number, frameBytes: number): Promise<WriterFailure | undefined> {
    if (this.#worker === undefined) return NO_FAILURE;
    const { words, bytes } = this.control;
    this.#number = (this.#number + 1) | 0;
    words[WORD.kind] = kind;
    words[WORD.frameBytes] = frameBytes;
    Atomics.store(words, WORD.request, this.#number);
    const isAwake = Atomics.load(words, WORD.asleep) === 0;
    ringBell(words);
    const isHot = isAwake || this.#clock.monotonic() - this.#answeredAt < CLOSE_MS;
    if (!isHot || !(await this.#pollIfUseful())) await this.#wait();
    this.#answeredAt = this.#clock.monotonic();
    if (words[WORD.failed] === 0) return undefined;
    const end = ERROR_AT + (words[WORD.errorBytes] ?? 0);
    return end === ERROR_AT
      ? NO_FAILURE
      : (JSON.parse(bytes.toString('utf8', ERROR_AT, end)) as WriterFailure);
  }

  /**
   * An awake thread answers sooner than a sleeping main thread would be woken up. But where processors are scarce, or the
   * disk is slow, polling takes the time that the thread needs: then it is tried ever more rarely.
   */
  async #pollIfUseful(): Promise<boolean> {
    if (this.#unpolled > 0) {
      this.#unpolled--;
      return false;
    }
    const isAnswered = await this.#poll();
    this.#penalty = isAnswered ? 1 : Math.min(this.#penalty * 2, MAX_UNPOLLED);
    if (!isAnswered) this.#unpolled = this.#penalty;
    return isAnswered;
  }

  #poll(): Promise<boolean> {
    const { words } = this.control;
    const number = this.#number;
    const until = this.#clock.monotonic() + POLL_MS;
    let polls = 0;
    return new Promise((resolve) => {
      const poll = (): void => {
        if (Atomics.load(words, WORD.done) === number) resolve(true);
        else if (++polls > MAX_POLLS || this.#clock.monotonic() > until) resolve(false);
        // eslint-disable-next-line no-restricted-globals -- another thread is waited for; virtual time does not move it
        else setImmediate(poll);
      };
      // eslint-disable-next-line no-restricted-globals -- as above
      setImmediate(poll);
    });
  }

  async #wait(): Promise<void> {
    const { words } = this.control;
    const before = (this.#number - 1) | 0;
    this.#worker?.ref();
    Atomics.store(words, WORD.waiting, 1);
    while (Atomics.load(words, WORD.done) === before) {
      const waiting = Atomics.waitAsync(words, WORD.done, before);
      if (waiting.async) await waiting.value;
    }
    Atomics.store(words, WORD.waiting, 0);
    this.#worker?.unref();
  }
}
