import type { CommandSpec } from '../registry/command-spec.ts';
import { nameOf } from '../registry/command-spec.ts';
import type { FlagSpec } from '../registry/flag-spec.ts';
import { firstWords, flagsOf, nounsOf, verbWords } from './words.ts';
import type { Word } from './words.ts';

/** A completion script for zsh: a function for \`fpath\`, or to be sourced. */
export function zshScript(commands: readonly CommandSpec[]): string {
  const nouns = nounsOf(commands);
  return `#compdef tksm
# Completions of tksm for zsh. Made by: tksm completion zsh

_tksm() {
  local -a words_of
  local key="\${words[2]}"
  local -i depth=2
  case $key in
    ${nouns.join('|')}) key="$key \${words[3]}"; depth=3 ;;
  esac
  if ((CURRENT == 2)); then
    words_of=(${described(firstWords(commands))})
    _describe 'command' words_of
    return
  fi
  if ((CURRENT == 3 && depth == 3)); then
    case \${words[2]} in
${nouns.map((noun) => `      ${noun}) words_of=(${described(verbWords(noun, commands))}) ;;`).join('\n')}
    esac
    _describe 'verb' words_of
    return
  fi
  shift $((depth - 1)) words
  ((CURRENT -= depth - 1))
  case $key in
${commands.map(commandCase).join('\n')}
  esac
}

if [[ \${funcstack[1]} == _tksm ]]; then
  _tksm "$@"
else
  compdef _tksm tksm
fi
`;
}

function commandCase(spec: CommandSpec): string {
  const args = (spec.arguments ?? []).map(({ name, choices, completes, optional, variadic }, at) => {
    const place = variadic === true ? '*' : `${at + 1}${optional === true ? ':' : ''}`;
    const action =
      choices === undefined ? (completes === undefined ? '' : '_files') : `(${choices.join(' ')})`;
    return quoted(`${place}:${name}:${action}`);
  });
  const lines = [...flagsOf(spec).map(flagLine), ...args].map((line) => `        ${line}`);
  return [`    ${quoted(nameOf(spec))})`, '      _arguments -s \\', `${lines.join(' \\\n')} ;;`].join('\n');
}

function flagLine({ name, short, type, value, choices, summary }: FlagSpec): string {
  const many = type === 'list' ? '*' : '';
  const action = name === 'data' ? '_files -/' : choices === undefined ? '' : `(${choices.join(' ')})`;
  const rest = `[${summary.replace(/[[\]:]/g, '\\$&')}]${type === 'switch' ? '' : `:${value ?? name}:${action}`}`;
  const long = quoted(`${many}--${name}${rest}`);
  return short === undefined ? long : `${long} ${quoted(`${many}-${short}${rest}`)}`;
}

function described(words: readonly Word[]): string {
  return words.map(({ word, summary }) => quoted(`${word}:${summary}`)).join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
