/** Lines of aligned columns. Those named in `words` begin on the left; the others hold numbers, which line up on the right. */
export function textTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  words: ReadonlySet<string>,
): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return words.has(columns[column] ?? '') ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
