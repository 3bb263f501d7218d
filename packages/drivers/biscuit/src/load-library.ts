// The library's own entry is not used: it logs a line, Node warns of modules that import WebAssembly, and it could not be given up.

import { readFile } from 'node:fs/promises';
import type { BiscuitLibrary } from './biscuit-library.ts';

const BINDINGS = './biscuit_bg.js';
/** Bindings that write to the console. */
const CONSOLE = /^__wbg_(?:debug|error|info|log|warn)_/;

type Functions = Record<string, unknown>;

/** Of the platform; the types of Node leave it out. */
declare const WebAssembly: {
  readonly Module: { imports(module: object): readonly { readonly module: string }[] };
  readonly Memory: new (size: { readonly initial: number }) => object;
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: Record<string, Functions>): Promise<{ readonly exports: Exports }>;
};

interface Exports {
  readonly memory: { grow(pages: number): number };
  __wbindgen_start(): void;
}

interface Bindings extends BiscuitLibrary {
  __wbg_set_wasm(exports: object): void;
}

export interface LoadedLibrary {
  readonly library: BiscuitLibrary;
  /** Lets go of its memory. Nothing of it may be used afterwards. */
  giveUp(): void;
}

/**
 * Compiles and starts the library, which writes nothing to the screen.
 *
 * @param load number of the load: each has bindings of its own, since they hold on to what they were started with
 */
export async function loadLibrary(load: number): Promise<LoadedLibrary> {
  const entry = import.meta.resolve('@biscuit-auth/biscuit-wasm');
  const module = await WebAssembly.compile(await readFile(new URL('biscuit_bg.wasm', entry)));
  const imports: Record<string, Functions> = {};
  for (const { module: name } of WebAssembly.Module.imports(module)) {
    const { href } = new URL(name === BINDINGS ? `${name}?load=${load}` : name, entry);
    imports[name] ??= { ...((await import(href)) as Functions) };
  }
  const bindings = imports[BINDINGS] ?? {};
  for (const name of Object.keys(bindings)) {
    if (CONSOLE.test(name)) bindings[name] = () => undefined;
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  const library = bindings as unknown as Bindings;
  library.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return { library, giveUp: () => giveUp(library, exports) };
}

/** Bindings stay in the registry of modules for good: they must not hold the memory, nor free pieces of it later. */
function giveUp(library: Bindings, exports: Exports): void {
  const memory = new WebAssembly.Memory({ initial: 1 });
  library.__wbg_set_wasm(
    new Proxy({ memory }, { get: (target, name) => (name in target ? memory : () => 0) }),
  );
  // A view of memory that has grown is looked up again: now it is that of the small one.
  exports.memory.grow(1);
  library.PrivateKey.fromBytes(new Uint8Array(1), library.SignatureAlgorithm.Ed25519);
}
