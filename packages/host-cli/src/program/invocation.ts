import type { Output } from '../terminal/output.ts';
import type { Interruption } from '../process/interruption.ts';
import type { CommandSpec } from '../registry/command-spec.ts';
import type { FlagValues } from './flag-values.ts';

/** What a handler is given. */
export interface Invocation {
  /** Words of the command, in the order of its specification. A variadic one takes the rest. */
  readonly args: readonly string[];
  readonly flags: FlagValues;
  readonly output: Output;
  readonly interruption: Interruption;
  /** The registry: what the program knows of itself. */
  readonly commands: readonly CommandSpec[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Does what a command says; answers the exit code. */
export type Handler = (call: Invocation) => Promise<number>;
