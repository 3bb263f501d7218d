import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { openJobIndex } from './open-job-index.ts';

/** Registers the job index of a data folder, which is opened when it is first asked for. The caller holds the folder. */
export function composeSqlite(registrar: Registrar, { dir }: { readonly dir: string }): void {
  registrar.singleton(TOKENS.jobIndex, (resolver) =>
    openJobIndex({ dir, ...(resolver.has(TOKENS.logger) && { logger: resolver.get(TOKENS.logger) }) }),
  );
}
