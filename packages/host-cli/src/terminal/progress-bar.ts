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
  const room = width - label.length - tail.join('  ').length - 6;
  const bar =
    room < LEAST_BAR ? '' : `${barOf(total === 0 ? 0 : done / total, Math.min(WIDEST_BAR, room), style)} `;
  const text = `${style.bold(label)} ${bar}${tail.join('  ')}`;
  return room < 0 ? `${label} ${tail.join('  ')}`.slice(0, width - 1) : text;
}

function barOf(part: number, width: number, style: Style): string {
  const eighths = Math.round(Math.min(1, Math.max(0, part)) * width * 8);
  const full = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return `${style.green(full)}${style.dim('░'.repeat(width - [...full].length))}`;
}
