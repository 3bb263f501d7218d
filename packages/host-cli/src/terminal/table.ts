import type { Output } from './output.ts';
import type { Paint, Style } from './style.ts';
import { cutText, printable, textWidth } from './text-width.ts';

/** A column: how a row is shown to people, and to programs. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** In full, for `--plain`. Default: the text. */
  readonly plain?: (row: Row) => string;
  readonly align?: 'right';
  readonly paint?: (row: Row, style: Style) => Paint | undefined;
  /** Gives way when the terminal is narrow. */
  readonly shrinks?: boolean;
}

const GAP = '  ';
const LEAST_WIDTH = 8;

/** Rows aligned under their titles; with `--plain` tab-separated and without titles. */
export function printTable<Row>(output: Output, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  if (output.settings.plain) {
    for (const row of rows) {
      output.line(columns.map(({ text, plain }) => printable((plain ?? text)(row))).join('\t'));
    }
    return;
  }
  if (rows.length > 0) output.data(`${tableLines(columns, rows, output.style, output.width).join('\n')}\n`);
}

export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  style: Style,
  fit: number | undefined,
): string[] {
  const cells = rows.map((row) => columns.map(({ text }) => printable(text(row))));
  const widths = columns.map(({ title }, at) =>
    cells.reduce((widest, row) => Math.max(widest, textWidth(row[at] ?? '')), title.length),
  );
  if (fit !== undefined) shrink(columns, widths, fit);
  const line = (texts: readonly string[], paints: readonly (Paint | undefined)[]): string =>
    columns
      .map(({ align }, at) => {
        const width = widths[at] ?? 0;
        const text = cutText(texts[at] ?? '', width);
        const space = ' '.repeat(Math.max(0, width - textWidth(text)));
        const painted = paints[at]?.(text) ?? text;
        if (align === 'right') return space + painted;
        return at === columns.length - 1 ? painted : painted + space;
      })
      .join(GAP)
      .trimEnd();
  const head = line(
    columns.map(({ title }) => title),
    columns.map(() => style.dim),
  );
  const body = rows.map((row, index) =>
    line(
      cells[index] ?? [],
      columns.map(({ paint }) => paint?.(row, style)),
    ),
  );
  return [head, ...body];
}

/** Takes what is too much from the widest of the columns that give way. */
function shrink<Row>(columns: readonly Column<Row>[], widths: number[], fit: number): void {
  let excess = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - fit;
  while (excess > 0) {
    let widest = -1;
    for (const [at, { shrinks }] of columns.entries()) {
      if (shrinks === true && (widths[at] ?? 0) > (widths[widest] ?? LEAST_WIDTH)) widest = at;
    }
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
}
