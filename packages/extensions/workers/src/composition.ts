import { TOKENS } from '@tksm/abstractions';
import type { AnyKind, Registrar } from '@tksm/abstractions';
import { shellKind } from './shell-kind.ts';
import type { ShellOptions } from './shell-runner.ts';

/** What a host decides about workers; the rest comes from the container. */
export type WorkersOptions = Partial<Pick<ShellOptions, 'environment' | 'parentDeath' | 'times'>>;

/** Adds the kind `shell`. */
export function composeWorkers(registrar: Registrar, options: WorkersOptions = {}): void {
  registrar.add(TOKENS.kinds, (resolver): AnyKind =>
    shellKind({
      environment: process.env,
      ...options,
      timers: resolver.get(TOKENS.timers),
    }),
  );
}
