import { stripVTControlCharacters } from 'node:util';
import { cutText, textWidth } from './text-width.ts';
import { grouped, longSpan } from './times.ts';
import type { Style } from './style.ts';

export interface BarFacts {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly perSecond: number;
  readonly unit?: string;
  /** Further facts, shown after the rate. */
  readonly notes: readonly string[];
}

const GAP = '  ';
const LEAST_BAR = 8;
const WIDEST_BAR = 40;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** One line: label, bar, done of total, rate, time left. Never wider than `width`. */
export function progressLine(facts: BarFacts, width: number, style: Style): string {
  const { label, done, total, perSecond, notes } = facts;
  const unit = facts.unit ?? '';
  const left = perSecond > 0 && total > done ? `ETA ${longSpan(((total - done) / perSecond) * 1_000)}` : '';
  const tail = [
    `${grouped(done)}/${grouped(total)}${unit}`,
    `${perSecond >= 10 ? grouped(perSecond) : perSecond.toFixed(1)}${unit}/s`,
    left,
    ...notes,
  ].filter((part) => part !== '');
  const rest = tail.join(GAP);
  // A blank on each side of the bar, and one at the end: a full line would wrap.
  const room = width - textWidth(label) - textWidth(rest) - 3;
  if (room < -1) return cutText(stripVTControlCharacters(`${label} ${rest}`), Math.max(1, width - 1));
  const share = total === 0 ? 0 : done / total;
  const bar = room < LEAST_BAR ? '' : `${barOf(share, Math.min(WIDEST_BAR, room), style)} `;
  return `${style.bold(label)} ${bar}${rest}`;
}

function barOf(part: number, width: number, style: Style): string {
  const eighths = Math.round(Math.min(1, Math.max(0, part)) * width * 8);
  const full = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return `${style.green(full)}${style.dim('░'.repeat(width - [...full].length))}`;
}
