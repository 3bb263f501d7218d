import type { Selection } from './program/build-program.ts';
import { buildProgram } from './program/build-program.ts';
import { COMMANDS } from './registry/commands.ts';

/**
 * Runs a command line and sets the exit code of the process. Until a command is known, nothing but the registry and
 * the parser is loaded.
 *
 * @param argv words after the program's name
 */
export async function main(argv: readonly string[]): Promise<void> {
  let selection: Selection | undefined;
  let help = '';
  const program = buildProgram(
    COMMANDS,
    (selected) => (selection = selected),
    (text) => (help += text),
  );
  const words = rewritten(argv);
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (help === '') {
      const { reportUsage } = await import('./program/report-usage.ts');
      process.exitCode = reportUsage(error, words, COMMANDS);
      return;
    }
  }
  if (selection === undefined) {
    process.stdout.on('error', () => undefined);
    process.stdout.write(help);
    return;
  }
  const { runSelection } = await import('./program/run-selection.ts');
  await runSelection(selection, COMMANDS);
}

/** `tksm --version` is `tksm version`, and `tksm help job ls` is `tksm job ls --help`. */
function rewritten(argv: readonly string[]): readonly string[] {
  if (argv[0] === 'help') return [...argv.slice(1), '--help'];
  if (!argv.includes('--version') || argv.some((word) => !word.startsWith('-'))) return argv;
  return ['version', ...argv.filter((word) => word !== '--version')];
}
