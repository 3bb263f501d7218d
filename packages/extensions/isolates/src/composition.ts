import { TOKENS } from '@tksm/abstractions';
import type { AnyKind, Registrar } from '@tksm/abstractions';
import { isolatedKind } from './isolated-kind.ts';
import type { IsolatedDefinition } from './isolated-kind.ts';

/** Adds kinds whose handlers run in threads or processes of their own. */
export function composeIsolates(registrar: Registrar, definitions: readonly IsolatedDefinition[]): void {
  for (const definition of definitions) {
    registrar.add(TOKENS.kinds, (resolver): AnyKind =>
      isolatedKind(definition, {
        clock: resolver.get(TOKENS.clock),
        timers: resolver.get(TOKENS.timers),
        environment: process.env,
      }),
    );
  }
}
