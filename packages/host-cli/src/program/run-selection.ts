import { Interruption } from '../process/interruption.ts';
import { nameOf } from '../registry/command-spec.ts';
import type { CommandSpec } from '../registry/command-spec.ts';
import { Output } from '../terminal/output.ts';
import { renderError } from '../terminal/render-error.ts';
import type { Selection } from './build-program.ts';
import { checkGlobals, checkOwner } from './check-globals.ts';
import { FlagValues } from './flag-values.ts';

/** Runs the handler of what was selected, and ends the process with its exit code. */
export async function runSelection(
  { spec, args, values }: Selection,
  commands: readonly CommandSpec[],
): Promise<void> {
  const flags = new FlagValues(values);
  const output = openOutput(flags);
  const help = `tksm ${nameOf(spec)} --help`;
  const interruption = new Interruption((code) => process.exit(code));
  interruption.listen(process);
  process.on('uncaughtException', (error) => process.exit(renderError(output, error, help)));
  let code: number;
  try {
    checkOwner(spec, { flags, env: process.env });
    checkGlobals(spec, flags);
    const handler = await spec.load();
    code = await handler({ args, flags, output, interruption, commands, env: process.env });
  } catch (error) {
    code = renderError(output, error, help);
  }
  // What a handler left open must not keep a finished command alive.
  process.stdout.write('', () => process.exit(interruption.exitCode ?? code));
  if (output.gone.aborted) process.exit(interruption.exitCode ?? code);
}

export function openOutput(flags: FlagValues): Output {
  const settings = {
    json: flags.on('json'),
    plain: flags.on('plain'),
    quiet: flags.on('quiet'),
    verbose: flags.on('verbose'),
    noColor: flags.on('no-color'),
  };
  return new Output(process.stdout, process.stderr, settings, process.env);
}
