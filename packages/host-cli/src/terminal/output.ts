// Guarantees: data goes to stdout, all else to stderr; a reader that has gone away ends the output, not the work; with
// `json` nothing but JSON is written to stdout.

import { styleOf, wantsColors } from './style.ts';
import type { Style } from './style.ts';

export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(data: string | Uint8Array): boolean;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  once(event: 'drain', listener: () => void): unknown;
}

export interface OutputSettings {
  readonly json: boolean;
  readonly plain: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly noColor: boolean;
}

const DEFAULT_WIDTH = 100;

export class Output {
  readonly settings: OutputSettings;
  /** Colours for stdout and for stderr. */
  readonly style: Style;
  readonly errStyle: Style;
  /** Whether progress may redraw a line of stderr. */
  readonly isLive: boolean;
  readonly #out: OutputStream;
  readonly #err: OutputStream;
  readonly #gone = new AbortController();
  #status: { redraw(): void; erase(): void } | undefined;

  constructor(
    out: OutputStream,
    err: OutputStream,
    settings: OutputSettings,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.#out = out;
    this.#err = err;
    this.settings = settings;
    const refused = settings.noColor;
    this.style = styleOf(!settings.json && wantsColors({ isTerminal: out.isTTY === true, refused, env }));
    this.errStyle = styleOf(wantsColors({ isTerminal: err.isTTY === true, refused, env }));
    this.isLive = err.isTTY === true && env['TERM'] !== 'dumb' && !settings.quiet;
    out.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error;
      this.#gone.abort();
    });
    err.on('error', () => undefined);
  }

  /** Aborts when nobody reads stdout any more. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get isTerminal(): boolean {
    return this.#out.isTTY === true;
  }

  /** Columns to fit into; undefined when the output is read by a program. */
  get width(): number | undefined {
    return this.isTerminal ? this.#out.columns || DEFAULT_WIDTH : undefined;
  }

  get errWidth(): number {
    return this.#err.columns || DEFAULT_WIDTH;
  }

  /** Writes data as it is. */
  data(data: string | Uint8Array): void {
    if (this.#gone.signal.aborted || data.length === 0) return;
    this.#around(() => this.#out.write(data));
  }

  /** As `data`, waiting while the reader is slow: for streams of unknown length. */
  async stream(text: string): Promise<void> {
    if (this.#gone.signal.aborted || this.#out.write(text)) return;
    await new Promise<void>((resolve) => {
      this.#out.once('drain', resolve);
      this.#gone.signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    });
  }

  line(text: string): void {
    this.data(`${text}\n`);
  }

  /** The one document of `--json`. */
  document(value: unknown): void {
    this.line(this.isTerminal ? JSON.stringify(value, undefined, 2) : JSON.stringify(value));
  }

  /** Something worth knowing that is no data. */
  notice(text: string): void {
    if (!this.settings.quiet) this.complain(text);
  }

  /** To stderr, even when quiet. */
  complain(text: string): void {
    this.#around(() => this.#err.write(`${text}\n`));
  }

  /** Lets a progress line step aside while other lines are written. */
  attachStatus(status: { redraw(): void; erase(): void } | undefined): void {
    this.#status = status;
  }

  /** Writes to stderr as it is: for what redraws itself. */
  draw(text: string): void {
    this.#err.write(text);
  }

  #around(write: () => void): void {
    this.#status?.erase();
    write();
    this.#status?.redraw();
  }
}
