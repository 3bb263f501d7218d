/** A line with lines below it. */
export interface Branch {
  readonly label: string;
  readonly branches: readonly Branch[];
}

/** The lines of a tree, joined by strokes. */
export function* treeLines({ label, branches }: Branch, first = '', rest = ''): Generator<string> {
  yield first + label;
  for (const [at, branch] of branches.entries()) {
    const isLast = at === branches.length - 1;
    yield* treeLines(branch, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`);
  }
}
