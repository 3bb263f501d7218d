import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { fsDriver } from './fs-driver.ts';
import type { FsOptions } from './fs-driver.ts';

/** Adds the driver `fs`, over the registered randomness. */
export function composeFs(registrar: Registrar, options: Omit<FsOptions, 'random'> = {}): void {
  registrar.add(TOKENS.drivers, (resolver) => fsDriver({ ...options, random: resolver.get(TOKENS.random) }));
}
