import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { wasmDriver } from './wasm-driver.ts';
import type { WasmOptions } from './wasm-driver.ts';

/** Adds the driver `wasm`, over the registered timers. */
export function composeWasm(registrar: Registrar, options: Omit<WasmOptions, 'timers'> = {}): void {
  registrar.add(TOKENS.drivers, (resolver) =>
    wasmDriver({ ...options, timers: resolver.get(TOKENS.timers) }),
  );
}
