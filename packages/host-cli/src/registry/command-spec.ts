import type { Handler } from '../program/invocation.ts';
import type { ArgumentSpec, FlagSpec } from './flag-spec.ts';
import type { GlobalFlag } from './global-flags.ts';

export interface Example {
  readonly line: string;
  readonly note: string;
}

/** A command as data: what the parser, the help and the completions are made of. */
export interface CommandSpec {
  /** `['run']`, or noun and verb. */
  readonly path: readonly [string] | readonly [string, string];
  readonly summary: string;
  readonly examples: readonly Example[];
  /** What a reader should know besides, in a few sentences. */
  readonly details?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly flags?: readonly FlagSpec[];
  /** Global flags that it heeds, besides those that all do. */
  readonly globals?: readonly GlobalFlag[];
  /** Acts with keys or files of the folder that no token allows, always or with a flag: refused under a token. */
  readonly ownerOnly?: true | { readonly flag: string };
  /** Brings the code. Nothing else of a command is loaded before. */
  readonly load: () => Promise<Handler>;
}

export function nameOf({ path }: Pick<CommandSpec, 'path'>): string {
  return path.join(' ');
}
