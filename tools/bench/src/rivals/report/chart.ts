import { MEASURES, valueOf, valueText } from '../measures.ts';
import type { RivalResult } from '../result.ts';

const WIDTH = 960;
const COLUMNS = 2;
const MARGIN = 24;
const PANEL = (WIDTH - MARGIN * (COLUMNS + 1)) / COLUMNS;
const TITLE = 34;
const ROW = 20;
const BAR = 13;
/** Room for names on the left of the bars and values on the right. */
const NAMES = 120;
const VALUES = 90;
const BARS = PANEL - NAMES - VALUES;
const HEADING = 64;

const NOTE =
  'Durable before acknowledged, except the pale bars: BullMQ with appendfsync everysec. * others used the machine: distrust it.';

const OURS = '#0a7d5a';
const THEIRS = '#8b95a5';
/** Acknowledges before it is on disk. */
const NOT_DURABLE = '#d5dae1';
/** Acknowledged work that a power cut loses: it is shown, and is no equal. */
const UNSAFE: ReadonlySet<string> = new Set(['bullmq-everysec']);

interface Panel {
  readonly title: string;
  readonly results: readonly RivalResult[];
}

/**
 * A picture of the results: a panel for each test and setting, bars from zero, each panel on its own scale. An arrow says
 * whether more or less is better.
 */
export function chartOf(results: readonly RivalResult[], heading: string): string {
  const panels = panelsOf(results);
  const lines: string[] = [];
  const ends = new Array<number>(COLUMNS).fill(HEADING);
  for (const panel of panels) {
    // The shorter column goes on.
    const column = ends.indexOf(Math.min(...ends));
    const y = ends[column] ?? HEADING;
    lines.push(drawPanel(panel, MARGIN + column * (PANEL + MARGIN), y));
    ends[column] = y + TITLE + panel.results.length * ROW + MARGIN;
  }
  const height = Math.max(...ends);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#ffffff"/>
${text(MARGIN, 30, heading, { size: 16, weight: 600 })}
${text(MARGIN, 48, NOTE, { fill: '#5b6472' })}
${lines.join('\n')}
</svg>
`;
}

function panelsOf(results: readonly RivalResult[]): readonly Panel[] {
  const panels = new Map<string, RivalResult[]>();
  for (const result of results) {
    if (valueOf(result) === undefined || result.peer === 'raw') continue;
    const { better, title } = MEASURES[result.test];
    const name = `${title}, ${result.setting} (${better === 'more' ? '↑' : '↓'})`;
    panels.set(name, [...(panels.get(name) ?? []), result]);
  }
  return [...panels].map(([title, found]) => ({ title, results: found }));
}

function drawPanel({ title, results }: Panel, x: number, y: number): string {
  const most = Math.max(...results.map((result) => valueOf(result) ?? 0), Number.MIN_VALUE);
  const rows = results.map((result, index) => drawRow(result, most, x, y + TITLE + index * ROW));
  return [text(x, y + 20, title, { weight: 600 }), ...rows].join('\n');
}

function drawRow(result: RivalResult, most: number, x: number, y: number): string {
  const { peer, clean } = result;
  const value = valueOf(result) ?? 0;
  const width = Number(((value / most) * BARS).toFixed(1));
  const fill = peer === 'tksm' ? OURS : UNSAFE.has(peer) ? NOT_DURABLE : THEIRS;
  const label = `${valueText(result)}${clean === 0 ? ' *' : ''}`;
  return [
    text(x + NAMES - 8, y + BAR - 2, peer, { anchor: 'end', ...(peer === 'tksm' && { weight: 600 }) }),
    `<rect x="${x + NAMES}" y="${y}" width="${Math.max(width, 1)}" height="${BAR}" rx="2" fill="${fill}"/>`,
    text(x + NAMES + width + 6, y + BAR - 2, label, { fill: '#5b6472', size: 11 }),
  ].join('\n');
}

interface TextStyle {
  readonly anchor?: 'end';
  readonly weight?: number;
  readonly size?: number;
  readonly fill?: string;
}

function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { anchor, weight, size, fill = '#1d2430' } = style;
  const attributes = [
    ...(anchor === undefined ? [] : [`text-anchor="${anchor}"`]),
    ...(weight === undefined ? [] : [`font-weight="${weight}"`]),
    ...(size === undefined ? [] : [`font-size="${size}"`]),
  ];
  return `<text x="${x}" y="${y}" fill="${fill}"${attributes.map((part) => ` ${part}`).join('')}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
