// The event loop's side of the loop watch. Guarantees: `enter` and `leave` cost a few memory writes; the loop beats only
// while handlers run and for two periods after; a block is reported to the listeners once, when the loop runs again.

import type { Clock, LoopWatch } from '@tksm/abstractions';
import { BLOCKED_LABEL_AT, LABEL_AT, LABEL_BYTES, ringBell, WORD } from '../writing/control-block.ts';
import type { ControlBlock } from '../writing/control-block.ts';
import { WATCH_PERIOD_MS } from './block-detector.ts';

export type BlockedListener = (label: string, blockedMs: number) => void;

export class LoopBeat implements LoopWatch {
  readonly #control: ControlBlock;
  readonly #clock: Clock;
  readonly #listeners: BlockedListener[] = [];
  #label = '';
  #hasEntered = false;
  #timer: NodeJS.Timeout | undefined;
  #beatAt = 0;
  #blocks = 0;

  constructor(control: ControlBlock, clock: Clock) {
    this.#control = control;
    this.#clock = clock;
  }

  enter(label: string): void {
    if (label !== this.#label) this.#setLabel(label);
    this.#hasEntered = true;
    this.#control.words[WORD.busy] = 1;
    if (this.#timer === undefined) this.#start();
  }

  leave(): void {
    this.#control.words[WORD.busy] = 0;
  }

  onBlocked(listener: BlockedListener): void {
    this.#listeners.push(listener);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    Atomics.store(this.#control.words, WORD.watched, 0);
  }

  #setLabel(label: string): void {
    const { bytes, words } = this.#control;
    const length = Math.min(label.length, LABEL_BYTES);
    // Written by hand: a call into the runtime costs more than the few characters of a label.
    for (let i = 0; i < length; i++) bytes[LABEL_AT + i] = Math.min(label.charCodeAt(i), 255);
    words[WORD.labelBytes] = length;
    this.#label = label;
  }

  #start(): void {
    const { words } = this.#control;
    this.#beatAt = this.#clock.monotonic();
    // eslint-disable-next-line no-restricted-globals -- the real loop is what is watched; virtual time cannot block
    this.#timer = setInterval(() => this.#tick(), WATCH_PERIOD_MS);
    this.#timer.unref();
    Atomics.add(words, WORD.beat, 1);
    Atomics.store(words, WORD.watched, 1);
    ringBell(words);
  }

  #tick(): void {
    const { words, bytes } = this.#control;
    Atomics.add(words, WORD.beat, 1);
    const now = this.#clock.monotonic();
    const silentMs = now - this.#beatAt;
    this.#beatAt = now;
    const blocks = Atomics.load(words, WORD.blocks);
    if (blocks !== this.#blocks) {
      this.#blocks = blocks;
      const end = BLOCKED_LABEL_AT + (words[WORD.blockedLabelBytes] ?? 0);
      const label = bytes.toString('latin1', BLOCKED_LABEL_AT, end);
      for (const listener of this.#listeners) listener(label, silentMs);
    }
    if (!this.#hasEntered && words[WORD.busy] === 0) this.stop();
    this.#hasEntered = false;
  }
}
