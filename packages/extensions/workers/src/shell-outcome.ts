import { KernelError, toStored } from '@tksm/abstractions';
import type { BlobRef, ErrorCode, StoredObject, Value } from '@tksm/abstractions';
import type { CapturedOutput, OutputText } from './captured-output.ts';
import { fittedOutput, RESULT_BYTES } from './fitting-output.ts';
import type { ProcessEnd } from './process-group.ts';
import type { ShellInput } from './shell-input.ts';

/** What a command did. `stdout` and `stderr` are bytes when they are not UTF-8. */
export interface ShellOutput {
  readonly [key: string]: Value;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: OutputText;
  readonly stderr: OutputText;
  /** Whether something is missing from `stdout` or `stderr`. */
  readonly truncated: boolean;
  readonly durationMs: number;
}

/** A command that has ended, and what is known of it. */
export interface EndedCommand {
  readonly end: ProcessEnd;
  readonly timedOut: boolean;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  /** The whole streams, where they were longer than what is kept and wanted. */
  readonly stdoutBlob: BlobRef | undefined;
  readonly stderrBlob: BlobRef | undefined;
}

/** What an error carries of a command's output, in bytes of JSON. */
const ERROR_OUTPUT_BYTES = 4_096;

/**
 * The result of a command.
 *
 * @throws KernelError `TimedOut`, `ProcessFailed`, `ProcessRejected`, each with the end of the output in `data`
 */
export function outcomeOf(ended: EndedCommand, input: ShellInput, durationMs: number): ShellOutput {
  const { exitCode, signal } = ended.end;
  const failure = failureOf(ended, input);
  if (failure !== undefined) {
    const [code, what] = failure;
    const { stdout, stderr } = fittedOutput(ended.stdout, ended.stderr, ERROR_OUTPUT_BYTES);
    const data = toStored({ exitCode, signal, stdout, stderr }) as StoredObject;
    throw new KernelError(code, `${input.argv?.[0] ?? '/bin/sh'} ${what}`, { data });
  }
  return {
    exitCode,
    signal,
    ...fittedOutput(ended.stdout, ended.stderr, RESULT_BYTES),
    durationMs,
    ...blobs(ended),
  };
}

function failureOf({ end, timedOut }: EndedCommand, input: ShellInput): [ErrorCode, string] | undefined {
  if (timedOut) return ['TimedOut', `was ended after ${input.timeoutMs} ms`];
  if (end.exitCode === null) return ['ProcessFailed', `was ended by ${end.signal}`];
  if ((input.okExitCodes ?? [0]).includes(end.exitCode)) return undefined;
  const permanent = input.permanentExitCodes?.includes(end.exitCode) === true;
  return [permanent ? 'ProcessRejected' : 'ProcessFailed', `exited with ${end.exitCode}`];
}

function blobs({ stdoutBlob, stderrBlob }: EndedCommand): Readonly<Record<string, Value>> {
  return {
    ...(stdoutBlob === undefined ? {} : { stdoutBlob: { ...stdoutBlob } }),
    ...(stderrBlob === undefined ? {} : { stderrBlob: { ...stderrBlob } }),
  };
}
