import type { CommandSpec } from '../registry/command-spec.ts';
import { firstWords, flagsOf, nounsOf, verbWords, wantsPath } from './words.ts';

/** A completion script for fish. */
export function fishScript(commands: readonly CommandSpec[]): string {
  const lines = [
    '# Completions of tksm for fish. Made by: tksm completion fish',
    'complete -c tksm -f',
    ...firstWords(commands).map(({ word, summary }) => line('__fish_use_subcommand', `-a ${word}`, summary)),
    ...nounsOf(commands).flatMap((noun) => {
      const verbs = verbWords(noun, commands);
      const none = `__fish_seen_subcommand_from ${noun}; and not __fish_seen_subcommand_from ${verbs
        .map(({ word }) => word)
        .join(' ')}`;
      return verbs.map(({ word, summary }) => line(none, `-a ${word}`, summary));
    }),
    ...commands.flatMap(commandLines),
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines(spec: CommandSpec): string[] {
  const seen = spec.path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
  const choices = (spec.arguments ?? []).flatMap((argument) => argument.choices ?? []);
  return [
    ...(choices.length === 0 ? [] : [line(seen, `-a ${quoted(choices.join(' '))}`, '')]),
    ...(wantsPath(spec) ? [line(seen, '-F', '')] : []),
    ...flagsOf(spec).map(({ name, short, type, choices: values, summary }) => {
      const shortPart = short === undefined ? '' : ` -s ${short}`;
      const valuePart =
        type === 'switch' ? '' : values === undefined ? ' -r' : ` -x -a ${quoted(values.join(' '))}`;
      return line(seen, `-l ${name}${shortPart}${name === 'data' ? ' -r -F' : valuePart}`, summary);
    }),
  ];
}

function line(condition: string, what: string, summary: string): string {
  const described = summary === '' ? '' : ` -d ${quoted(summary)}`;
  return `complete -c tksm -n ${quoted(condition)} ${what}${described}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
