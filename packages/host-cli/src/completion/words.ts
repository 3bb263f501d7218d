import type { CommandSpec } from '../registry/command-spec.ts';
import type { FlagSpec } from '../registry/flag-spec.ts';
import { ALWAYS, GLOBAL_FLAGS } from '../registry/global-flags.ts';
import { NOUNS } from '../registry/nouns.ts';

export interface Word {
  readonly word: string;
  readonly summary: string;
}

/** What may stand first: single commands and nouns. */
export function firstWords(commands: readonly CommandSpec[]): readonly Word[] {
  const nouns = [...new Set(commands.filter(({ path }) => path.length === 2).map(({ path }) => path[0]))];
  return [
    ...commands
      .filter(({ path }) => path.length === 1)
      .map(({ path, summary }) => ({ word: path[0], summary })),
    ...nouns.map((word) => ({ word, summary: NOUNS[word] ?? '' })),
  ];
}

export function nounsOf(commands: readonly CommandSpec[]): readonly string[] {
  return [...new Set(commands.flatMap(({ path }) => (path.length === 2 ? [path[0]] : [])))];
}

export function verbWords(noun: string, commands: readonly CommandSpec[]): readonly Word[] {
  return commands.flatMap(({ path, summary }) =>
    path.length === 2 && path[0] === noun ? [{ word: path[1], summary }] : [],
  );
}

/** Every flag that a command takes. */
export function flagsOf(spec: CommandSpec): readonly FlagSpec[] {
  const globals = [...(spec.globals ?? []), ...ALWAYS].map((name): FlagSpec => GLOBAL_FLAGS[name]);
  return [...(spec.flags ?? []), ...globals];
}

/** What a flag or argument is completed with besides words: a path, or nothing. */
export function wantsPath(spec: CommandSpec): boolean {
  return (spec.arguments ?? []).some(({ completes }) => completes !== undefined);
}
