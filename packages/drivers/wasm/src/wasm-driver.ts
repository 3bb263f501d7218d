import type { Driver, Timers } from '@tksm/abstractions';
import { runOperation } from './run.ts';

export interface WasmOptions {
  /** End programs that run too long. */
  readonly timers: Timers;
  /** Most memory that a program may be given. Default 256 MiB; at most 1 GiB. */
  readonly maxMemoryBytes?: number;
  /** Largest module. Default 32 MiB. */
  readonly maxModuleBytes?: number;
  /** Most files and folders that are copied in, and that are copied back. Default 1,000. */
  readonly maxFiles?: number;
  /** Most bytes of them; of what a program's files grow by, in all; of stdin. Default 64 MiB. */
  readonly maxFileBytes?: number;
  /** Most bytes of stdout, and of stderr; a program that writes more is told that there is no space. Default 16 MiB. */
  readonly maxOutputBytes?: number;
}

const MIB = 1024 * 1024;

/**
 * The driver `wasm`: programs for WASI preview 1, each run in a thread of its own. `run` needs `wasm.run:SHA256` of a module in
 * a blob, `wasm.run:PATH` of one in a file, and whatever `fs` asks for its files.
 *
 * A call fails with `InvalidInput` (the module is refused, and why), `ModuleFailed` (a trap), `TimedOut`, `PayloadTooLarge`,
 * `BlobNotFound`, and what the driver `fs` fails with.
 */
export function wasmDriver(options: WasmOptions): Driver {
  const { timers, maxMemoryBytes = 256 * MIB, maxModuleBytes = 32 * MIB, maxFiles = 1_000 } = options;
  const { maxFileBytes = 64 * MIB, maxOutputBytes = 16 * MIB } = options;
  const run = runOperation({
    timers,
    maxMemoryBytes,
    maxModuleBytes,
    maxFiles,
    maxFileBytes,
    maxOutputBytes,
  });
  return Object.freeze({ name: 'wasm', operations: Object.freeze({ run }) });
}
