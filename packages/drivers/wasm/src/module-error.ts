import { KernelError } from '@tksm/abstractions';

/** A module that is not run at all. */
export function refusedModule(why: string, next?: string): KernelError {
  return new KernelError('InvalidInput', `the module is refused: ${why}`, {
    data: { field: 'module' },
    next: next ?? 'give a WebAssembly program for WASI preview 1, as wasm32-wasip1 of Rust or clang',
  });
}
