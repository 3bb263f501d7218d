import { describe, expect, it } from 'vitest';
import { styleOf } from './style.ts';
import { tableLines } from './table.ts';
import type { Column } from './table.ts';

interface Row {
  readonly name: string;
  readonly count: number;
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', text: ({ name }) => name, shrinks: true, paint: (_row, { green }) => green },
  { title: 'COUNT', text: ({ count }) => String(count), align: 'right' },
];
const rows: readonly Row[] = [
  { name: 'a', count: 1 },
  { name: '漢字 name', count: 1_234_567 },
];

describe('tableLines', () => {
  it('aligns columns by what characters take on a terminal', () => {
    expect(tableLines(columns, rows, styleOf(false), undefined)).toEqual([
      'NAME         COUNT',
      'a                1',
      '漢字 name  1234567',
    ]);
  });

  it('colours without changing the alignment', () => {
    const [, line] = tableLines(columns, rows, styleOf(true), undefined);
    expect(line).toBe('\u001b[32ma\u001b[39m                1');
  });

  it('cuts the columns that give way to a narrow terminal', () => {
    const long = [{ name: 'a very long name indeed', count: 1 }];
    expect(tableLines(columns, long, styleOf(false), 20)).toEqual([
      'NAME           COUNT',
      'a very long …      1',
    ]);
  });

  it('shows what would steer the terminal', () => {
    const [, line] = tableLines(columns, [{ name: 'a\u001b[2Jb\nc', count: 1 }], styleOf(false), undefined);
    expect(line).toBe('a\\u001b[2Jb\\nc      1');
  });
});
