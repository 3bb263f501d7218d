import type { Style } from './style.ts';

/** A fact about a thing, and what it is called; undefined when there is none. */
export type Fact = readonly [term: string, text: string | undefined];

/** Facts, a line each, aligned behind what they are called. */
export function factLines(facts: readonly Fact[], style: Style): string[] {
  const shown = facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined);
  const width = Math.max(...shown.map(([term]) => term.length));
  return shown.map(([term, text]) => `${style.dim(term.padEnd(width))}  ${text}`);
}
