import { noLogger, token, TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { serveZone } from './server/serve-zone.ts';
import type { ZoneServer } from './server/serve-zone.ts';
import type { ServedZone } from './server/served-zone.ts';

/** Serves a zone on the socket of its data folder; to be called, and closed, under that folder's lock. */
export const SERVE_ZONE = token<(served: ServedZone) => Promise<ZoneServer>>('socket.serve-zone');

/** Registers {@link SERVE_ZONE} for a data folder. Takes clock, timers, random, and the logger where there is one. */
export function composeSocket(registrar: Registrar, { dir }: { readonly dir: string }): void {
  registrar.singleton(SERVE_ZONE, (resolver) => {
    const time = { clock: resolver.get(TOKENS.clock), timers: resolver.get(TOKENS.timers) };
    const random = resolver.get(TOKENS.random);
    const logger = resolver.has(TOKENS.logger) ? resolver.get(TOKENS.logger) : noLogger;
    return (served) => serveZone({ ...served, dir, time, random, logger });
  });
}
