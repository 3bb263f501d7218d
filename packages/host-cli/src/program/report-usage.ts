import { KernelError } from '@tksm/abstractions';
import type { CommandSpec } from '../registry/command-spec.ts';
import { renderError } from '../terminal/render-error.ts';
import { FlagValues } from './flag-values.ts';
import { openOutput } from './run-selection.ts';

/** Tells what was wrong with a command line. Answers the exit code. */
export function reportUsage(
  thrown: unknown,
  argv: readonly string[],
  commands: readonly CommandSpec[],
): number {
  // The line could not be parsed, so its flags about output are looked for by themselves.
  const given = (['json', 'no-color'] as const).filter((name) => argv.includes(`--${name}`));
  const output = openOutput(new FlagValues(new Map(given.map((name) => [name, true]))));
  if (!(thrown instanceof Error)) return renderError(output, thrown);
  const [message = '', ...hints] = thrown.message.replace(/^error: /, '').split('\n');
  const meant = hints
    .map((hint) => /\(Did you mean (.+)\?\)/.exec(hint)?.[1])
    .find((hint) => hint !== undefined);
  const next =
    meant === undefined || meant.startsWith('one of ')
      ? `${nearestCommand(argv, commands)} --help`
      : meant.startsWith('tksm ')
        ? meant
        : `${nearestCommand(argv, commands)} ${meant}`;
  return renderError(output, new KernelError('UsageError', message, { next }));
}

/** The longest command or noun that the line begins with. */
function nearestCommand(argv: readonly string[], commands: readonly CommandSpec[]): string {
  const [first, second] = argv.filter((word) => !word.startsWith('-'));
  const known = commands.filter(({ path }) => path[0] === first);
  if (known.length === 0) return 'tksm';
  return known.some(({ path }) => path.length === 2 && path[1] === second)
    ? `tksm ${first} ${second}`
    : `tksm ${first}`;
}
