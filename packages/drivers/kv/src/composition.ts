import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { kvDriver } from './kv-driver.ts';
import type { KvOptions } from './kv-driver.ts';

/** Adds the driver `kv`. */
export function composeKv(registrar: Registrar, options: KvOptions = {}): void {
  registrar.add(TOKENS.drivers, () => kvDriver(options));
}
