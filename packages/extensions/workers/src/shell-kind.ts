import { kindName, RINGS } from '@tksm/abstractions';
import type { TaskContext, TaskKind } from '@tksm/abstractions';
import { SHELL_LIMITS, shellInput } from './shell-input.ts';
import type { ShellInput } from './shell-input.ts';
import type { ShellOutput } from './shell-outcome.ts';
import { ShellRunner } from './shell-runner.ts';
import type { ShellOptions } from './shell-runner.ts';

/**
 * The kind `shell`: runs a command in a process group of its own and answers with its exit and its output.
 *
 * A job fails with `ProcessFailed` (exit code not in `okExitCodes`, or ended by a signal), `ProcessRejected` (exit code
 * in `permanentExitCodes`), `ProcessNotStarted`, `ResourcesExhausted`, `TimedOut`.
 */
export function shellKind(options: ShellOptions): TaskKind<ShellInput, ShellOutput> {
  const runner = new ShellRunner(options);
  return Object.freeze({
    class: 'task' as const,
    name: kindName('shell'),
    summary: 'Runs a command and captures its output',
    input: shellInput,
    ring: RINGS.plugin,
    timeoutMs: SHELL_LIMITS.attemptTimeoutMs,
    run: (input: ShellInput, context: TaskContext) => runner.run(input, context),
  });
}
