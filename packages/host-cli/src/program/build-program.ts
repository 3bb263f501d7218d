import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { CommandSpec } from '../registry/command-spec.ts';
import type { ArgumentSpec, FlagSpec } from '../registry/flag-spec.ts';
import { GLOBAL_FLAGS } from '../registry/global-flags.ts';
import { parseDuration } from './duration.ts';
import { commandHelp, nounHelp, programHelp } from './help-text.ts';
import { nearestWord } from './nearest-word.ts';

/** A command line as it was understood. */
export interface Selection {
  readonly spec: CommandSpec;
  readonly args: readonly string[];
  readonly values: ReadonlyMap<string, unknown>;
}

/**
 * Makes the parser of a registry. Parsing runs nothing: it answers through `selected`.
 * Usage errors are thrown as commander's own, and help is written through `print`.
 */
export function buildProgram(
  commands: readonly CommandSpec[],
  selected: (selection: Selection) => void,
  print: (text: string) => void,
): Command {
  const root = configured(new Command('tksm'), print);
  root.helpInformation = () => programHelp(commands);
  for (const flag of Object.values(GLOBAL_FLAGS)) root.addOption(optionOf(flag));
  root.addOption(new Option('--version', 'print the version'));
  const firstWords = [...new Set(commands.map(({ path }) => path[0]))];
  root.allowExcessArguments(true).action(() => {
    const [word] = root.args;
    if (word === undefined) root.outputHelp();
    else unknownWord(root, `there is no command ${word}`, word, firstWords);
  });
  for (const spec of commands) {
    const [first, verb] = spec.path;
    const parent = verb === undefined ? root : nounOf(root, first, commands, print);
    const command = configured(new Command(verb ?? first), print);
    command.helpInformation = () => commandHelp(spec);
    for (const argument of spec.arguments ?? []) command.addArgument(argumentOf(argument));
    for (const flag of spec.flags ?? []) command.addOption(optionOf(flag));
    command.action(() => {
      selected({ spec, args: command.args, values: valuesOf(spec, command) });
    });
    parent.addCommand(command);
  }
  return root;
}

function configured(command: Command, print: (text: string) => void): Command {
  return command
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => undefined })
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .allowExcessArguments(false);
}

function nounOf(
  root: Command,
  noun: string,
  commands: readonly CommandSpec[],
  print: (text: string) => void,
): Command {
  const existing = root.commands.find((command) => command.name() === noun);
  if (existing !== undefined) return existing;
  const command = configured(new Command(noun), print);
  command.helpInformation = () => nounHelp(noun, commands);
  command.allowExcessArguments(true).action(() => {
    const [word] = command.args;
    if (word === undefined) command.error(`${noun} needs a verb`);
    const verbs = command.commands.map((verb) => verb.name());
    unknownWord(command, `${noun} has no verb ${word ?? ''}`, word ?? '', verbs);
  });
  root.addCommand(command);
  return command;
}

/** Fails as commander itself does, so that all usage errors look the same. */
function unknownWord(command: Command, message: string, word: string, known: readonly string[]): never {
  const meant = nearestWord(word, known);
  const noun = command.parent === null ? '' : `${command.name()} `;
  command.error(meant === undefined ? message : `${message}\n(Did you mean tksm ${noun}${meant}?)`);
}

function argumentOf(spec: ArgumentSpec): Argument {
  const name = spec.variadic === true ? `${spec.name}...` : spec.name;
  const argument = new Argument(spec.optional === true ? `[${name}]` : `<${name}>`, spec.summary);
  return spec.choices === undefined ? argument : argument.choices([...spec.choices]);
}

function optionOf(spec: FlagSpec): Option {
  const dashes = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
  if (spec.type === 'switch') return new Option(dashes, spec.summary);
  const option = new Option(`${dashes} <${spec.value ?? 'value'}>`, spec.summary);
  switch (spec.type) {
    case 'list':
      return option.argParser((text: string, before: string[] | undefined) => {
        if (spec.choices?.includes(text) === false) refuse(`Allowed: ${spec.choices.join(', ')}.`);
        return [...(before ?? []), text];
      });
    case 'whole':
      return option.argParser((text: string) => {
        const number = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
        return number ?? refuse('It is a whole number from 0.');
      });
    case 'duration':
      return option.argParser((text: string) => {
        return parseDuration(text) ?? refuse('It is a time such as 500ms, 30s, 5m or 1h.');
      });
    case 'choice':
      return option.choices([...(spec.choices ?? [])]);
    case 'text':
      return option;
  }
}

function refuse(why: string): never {
  throw new InvalidArgumentError(why);
}

function valuesOf(spec: CommandSpec, command: Command): ReadonlyMap<string, unknown> {
  const given: Readonly<Record<string, unknown>> = command.optsWithGlobals();
  const values = new Map<string, unknown>();
  for (const flag of [...(spec.flags ?? []), ...Object.values(GLOBAL_FLAGS)]) {
    // Commander keeps `--no-x` as x: false.
    const value =
      flag.name === 'no-color' ? given['color'] === false || undefined : given[attributeOf(flag.name)];
    if (value !== undefined) values.set(flag.name, value);
  }
  return values;
}

function attributeOf(name: string): string {
  return name.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
