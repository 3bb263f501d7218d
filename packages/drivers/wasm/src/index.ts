export type { DirAccess, GuestDir, RunInput } from './run-input.ts';
export { RUN_LIMITS } from './run-input.ts';
export { wasmDriver } from './wasm-driver.ts';
export type { WasmOptions } from './wasm-driver.ts';
