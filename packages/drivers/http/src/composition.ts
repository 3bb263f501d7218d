import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { httpDriver } from './http-driver.ts';
import type { HttpOptions } from './http-driver.ts';

/** Adds the driver `http`, over the registered timers. */
export function composeHttp(registrar: Registrar, options: Omit<HttpOptions, 'timers'> = {}): void {
  registrar.add(TOKENS.drivers, (resolver) =>
    httpDriver({ ...options, timers: resolver.get(TOKENS.timers) }),
  );
}
