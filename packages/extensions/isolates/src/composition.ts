import { TOKENS } from '@tksm/abstractions';
import type { AnyKind, Registrar, Resolver } from '@tksm/abstractions';
import { isolatedKind } from './isolated-kind.ts';
import type { IsolatedDefinition, IsolatePorts } from './isolated-kind.ts';
import { moduleKind } from './module-kind.ts';

/** What a host decides about isolates; the rest comes from the container. */
export interface IsolatesOptions {
  /** Kinds of its own, besides `module`. */
  readonly kinds?: readonly IsolatedDefinition[];
  /** Where PATH, HOME and LANG are taken from. Default: this process' own. */
  readonly environment?: IsolatePorts['environment'];
}

/** Adds the kind `module`, and others whose handlers run in threads or processes of their own. */
export function composeIsolates(registrar: Registrar, options: IsolatesOptions = {}): void {
  const { kinds = [], environment = process.env } = options;
  const ports = (resolver: Resolver): IsolatePorts => ({
    clock: resolver.get(TOKENS.clock),
    timers: resolver.get(TOKENS.timers),
    environment,
  });
  registrar.add(TOKENS.kinds, (resolver): AnyKind => moduleKind(ports(resolver)));
  for (const definition of kinds) {
    registrar.add(TOKENS.kinds, (resolver): AnyKind => isolatedKind(definition, ports(resolver)));
  }
}
