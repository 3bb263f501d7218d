import { styleText } from 'node:util';

type Look = Parameters<typeof styleText>[0];

/** Whether a line can be drawn over. */
const IS_LIVE = process.stdout.isTTY && process.env['TERM'] !== 'dumb';
const REDRAW_MS = 50;
const BAR_WIDTH = 32;
const CLEAR = '\r\u001b[2K';
const WHOLE = new Intl.NumberFormat('en');

// Who has read enough, as `head` has, ends the output and not the work.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** Off a terminal, and with NO_COLOR, a look changes nothing. */
const look = (how: Look, text: string): string => styleText(how, text, { stream: process.stdout });

export const count = (number: number): string => WHOLE.format(number);

export const say = {
  step(text: string): void {
    console.log(`${look('cyan', '▸')} ${text}`);
  },
  good(text: string): void {
    console.log(`${look('green', '✓')} ${text}`);
  },
  fact(text: string): void {
    console.log(look('dim', `  ${text}`));
  },
  failed(text: string): void {
    console.error(`${look('red', '✗')} ${text}`);
  },
};

/** A bar that is redrawn in place; off a terminal only how it ended is written. */
export class ProgressBar {
  #done: number | undefined;
  #total = 0;
  /** Done when it began, and the time until which nothing more was. */
  #first = { done: 0, at: 0 };
  #changedAt = 0;
  #drawnAt = 0;

  update(done: number, total: number): void {
    const now = performance.now();
    this.#total = total;
    if (this.#done === undefined || done === this.#first.done) this.#first = { done, at: now };
    if (done !== this.#done) this.#changedAt = now;
    this.#done = done;
    if (!IS_LIVE || now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    process.stdout.write(CLEAR + this.#text());
  }

  end(): void {
    const text = this.#text();
    process.stdout.write(IS_LIVE ? `${CLEAR}${text}\n` : `${text}\n`);
  }

  #text(): string {
    const done = this.#done ?? 0;
    const part = this.#total === 0 ? 0 : done / this.#total;
    const full = Math.round(part * BAR_WIDTH);
    const bar = look('green', '█'.repeat(full)) + look('dim', '░'.repeat(BAR_WIDTH - full));
    const seconds = (this.#changedAt - this.#first.at) / 1_000;
    const rate = seconds > 0 ? Math.round((done - this.#first.done) / seconds) : 0;
    const figures = `${count(done)} of ${count(this.#total)} files`;
    return `  ${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${figures}  ${count(rate)}/s`;
  }
}

/** Rows of a name, a figure, and what it says. */
export function table(title: string, rows: readonly (readonly [string, string, string])[]): void {
  const names = Math.max(...rows.map(([name]) => name.length));
  const figures = Math.max(...rows.map(([, figure]) => figure.length));
  console.log(`\n${look('bold', title)}`);
  for (const [name, figure, remark] of rows) {
    console.log(`  ${name.padEnd(names)}  ${look('bold', figure.padStart(figures))}  ${look('dim', remark)}`);
  }
}
