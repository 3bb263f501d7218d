// Guarantees: at most ten redraws a second; lines written meanwhile stand above it; nothing is left of it at the end. Off a
// terminal there is no line: a plain one now and then says how far it is.

import type { Output } from './output.ts';

const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 5_000;
const CLEAR = '\r\u001b[2K';

export interface LiveText {
  /** For a terminal, in so many columns. */
  live(width: number): string;
  plain(): string;
}

export class LiveLine {
  readonly #output: Output;
  readonly #text: LiveText;
  readonly #timer: NodeJS.Timeout;
  #shown = '';

  constructor(output: Output, text: LiveText) {
    this.#output = output;
    this.#text = text;
    const every = output.isLive ? REDRAW_MS : PLAIN_EVERY_MS;
    this.#timer = setInterval(() => {
      this.#tick();
    }, every);
    this.#timer.unref();
    if (!output.isLive) return;
    output.attachStatus({
      erase: () => {
        if (this.#shown !== '') output.draw(CLEAR);
      },
      redraw: () => {
        output.draw(this.#shown);
      },
    });
  }

  end(): void {
    clearInterval(this.#timer);
    this.#output.attachStatus(undefined);
    if (this.#shown !== '') this.#output.draw(CLEAR);
    this.#shown = '';
  }

  #tick(): void {
    if (!this.#output.isLive) {
      this.#output.notice(this.#text.plain());
      return;
    }
    const text = this.#text.live(this.#output.errWidth);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#output.draw(CLEAR + text);
  }
}
