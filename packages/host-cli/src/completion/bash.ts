import type { CommandSpec } from '../registry/command-spec.ts';
import { nameOf } from '../registry/command-spec.ts';
import { firstWords, flagsOf, nounsOf, verbWords, wantsPath } from './words.ts';

/** A completion script for bash, without the bash-completion package. */
export function bashScript(commands: readonly CommandSpec[]): string {
  const nouns = nounsOf(commands);
  return `# Completions of tksm for bash. Made by: tksm completion bash
_tksm() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev= first= second= word i
  COMPREPLY=()
  ((COMP_CWORD > 0)) && prev=\${COMP_WORDS[COMP_CWORD-1]}
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      --data|--timeout) ((i++)) ;;
      -*) ;;
      *) if [[ -z $first ]]; then first=$word; elif [[ -z $second ]]; then second=$word; fi ;;
    esac
  done
  local key=$first
  case $first in
    ${nouns.join('|')}) key="$first $second" ;;
  esac
  case "$key $prev" in
${choiceCases(commands)}
    *' --data') COMPREPLY=($(compgen -d -- "$cur")); return ;;
  esac
  local words=
  if [[ -z $first ]]; then
    words='${wordsOf(firstWords(commands))}'
  else
    case $key in
${nouns.map((noun) => `      '${noun} ') words='${wordsOf(verbWords(noun, commands))}' ;;`).join('\n')}
${commands.map(commandCase).join('\n')}
    esac
  fi
  if [[ $words == @files* && $cur != -* ]]; then
    COMPREPLY=($(compgen -f -- "$cur"))
    return
  fi
  COMPREPLY=($(compgen -W "\${words#@files}" -- "$cur"))
}
complete -o filenames -o bashdefault -F _tksm tksm
`;
}

function commandCase(spec: CommandSpec): string {
  const choices = (spec.arguments ?? []).flatMap((argument) => argument.choices ?? []);
  const words = [...choices, ...flagsOf(spec).map(({ name }) => `--${name}`)].join(' ');
  return `      '${nameOf(spec)}') words='${wantsPath(spec) ? '@files ' : ''}${words}' ;;`;
}

function choiceCases(commands: readonly CommandSpec[]): string {
  return commands
    .flatMap((spec) =>
      (spec.flags ?? []).flatMap(({ name, choices }) =>
        choices === undefined
          ? []
          : [
              `    '${nameOf(spec)} --${name}') COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$cur")); return ;;`,
            ],
      ),
    )
    .join('\n');
}

function wordsOf(words: readonly { readonly word: string }[]): string {
  return words.map(({ word }) => word).join(' ');
}
