import type { CommandSpec, Example } from '../registry/command-spec.ts';
import { nameOf } from '../registry/command-spec.ts';
import type { ArgumentSpec, FlagSpec } from '../registry/flag-spec.ts';
import { ALWAYS, GLOBAL_FLAGS } from '../registry/global-flags.ts';
import { MORE_EXAMPLES, NOUNS, OVERVIEW_EXAMPLES } from '../registry/nouns.ts';

/** Examples first: most readers need nothing more. */
export function programHelp(commands: readonly CommandSpec[]): string {
  const singles = commands.filter(({ path }) => path.length === 1);
  const nouns = [...new Set(commands.filter(({ path }) => path.length === 2).map(({ path }) => path[0]))];
  return page([
    'tksm runs jobs that survive crashes, and shows what they did.',
    examples(OVERVIEW_EXAMPLES),
    section('Commands', [
      ...singles.map((spec): Row => [signature(spec), spec.summary]),
      ...nouns.map((noun): Row => [`${noun} ${verbsOf(noun, commands).join('|')}`, NOUNS[noun] ?? '']),
    ]),
    section('Global flags', Object.values(GLOBAL_FLAGS).map(flagRow)),
    EXIT_CODES,
    "Run 'tksm COMMAND --help' for its examples and flags.",
  ]);
}

export function nounHelp(noun: string, commands: readonly CommandSpec[]): string {
  const own = commands.filter(({ path }) => path.length === 2 && path[0] === noun);
  return page([
    `tksm ${noun}: ${NOUNS[noun] ?? ''}`,
    examples([...own.flatMap((spec) => spec.examples.slice(0, 1)), ...(MORE_EXAMPLES[noun] ?? [])]),
    section(
      'Verbs',
      own.map((spec): Row => [signature(spec), spec.summary]),
    ),
    `Run 'tksm ${noun} VERB --help' for its flags.`,
  ]);
}

export function commandHelp(spec: CommandSpec): string {
  const globals = [...(spec.globals ?? []), ...ALWAYS].map((name): FlagSpec => GLOBAL_FLAGS[name]);
  return page([
    `tksm ${nameOf(spec)}: ${spec.summary}`,
    examples(spec.examples),
    `Usage: tksm ${signature(spec)} [flags]`,
    ...(spec.details === undefined ? [] : [fold(spec.details, 78)]),
    ownerText(spec),
    section(
      'Arguments',
      (spec.arguments ?? []).map((argument): Row => [argumentText(argument), summaryOf(argument)]),
    ),
    section('Flags', (spec.flags ?? []).map(flagRow)),
    section('Global flags', globals.map(flagRow)),
  ]);
}

function ownerText({ ownerOnly }: CommandSpec): string {
  if (ownerOnly === undefined) return '';
  const what = ownerOnly === true ? 'For' : `--${ownerOnly.flag} is for`;
  return `${what} the folder's owner: refused under a token (TKSM_TOKEN_FILE).`;
}

type Row = readonly [term: string, summary: string];

const EXIT_CODES = [
  'Exit codes:',
  '  0 ok · 1 job failed · 2 usage · 3 not found · 4 denied · 5 conflict · 6 unreachable',
  '  7 timeout · 8 damaged data · 130/143 interrupted',
].join('\n');

function verbsOf(noun: string, commands: readonly CommandSpec[]): string[] {
  return commands.flatMap(({ path }) => (path[0] === noun && path.length === 2 ? [path[1]] : []));
}

function signature(spec: CommandSpec): string {
  return [nameOf(spec), ...(spec.arguments ?? []).map(argumentText)].join(' ');
}

function argumentText({ name, optional, variadic, choices }: ArgumentSpec): string {
  const text = `${choices?.join('|') ?? name.toUpperCase()}${variadic === true ? '…' : ''}`;
  return optional === true ? `[${text}]` : text;
}

function flagRow(flag: FlagSpec): Row {
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  const value = flag.type === 'switch' ? '' : ` ${flag.value ?? flag.choices?.join('|') ?? 'VALUE'}`;
  return [`${short}--${flag.name}${value}${flag.type === 'list' ? ' …' : ''}`, summaryOf(flag)];
}

function summaryOf({ summary, choices }: FlagSpec | ArgumentSpec): string {
  return choices === undefined || choices.length < 6 ? summary : `${summary}: ${choices.join(', ')}`;
}

function examples(list: readonly Example[]): string {
  const width = Math.max(0, ...list.map(({ line }) => line.length));
  const rows = list.map(({ line, note }) => `  ${line.padEnd(width)}  ${note}`.trimEnd());
  return ['Examples:', ...rows].join('\n');
}

function section(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const width = Math.min(34, Math.max(...rows.map(([term]) => term.length)));
  const lines = rows.map(([term, summary]) =>
    term.length > width
      ? `  ${term}\n  ${' '.repeat(width)}  ${summary}`
      : `  ${term.padEnd(width)}  ${summary}`.trimEnd(),
  );
  return [`${title}:`, ...lines].join('\n');
}

function fold(text: string, width: number): string {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? '';
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

function page(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
