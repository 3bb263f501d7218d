import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { listKind } from './list-kind.ts';
import { manifestKind } from './manifest-kind.ts';
import { sha256Kind } from './sha256-kind.ts';
import type { Environment } from './tracked-files.ts';

export interface FilesOptions {
  /** Where git's PATH and HOME are taken from. Default: this process. */
  readonly environment?: Environment;
}

/** Adds the kinds `files.list`, `files.sha256` and `files.manifest`. */
export function composeFiles(registrar: Registrar, { environment = process.env }: FilesOptions = {}): void {
  registrar.add(TOKENS.kinds, () => listKind(environment));
  registrar.add(TOKENS.kinds, () => sha256Kind());
  registrar.add(TOKENS.kinds, () => manifestKind());
}
