interface WasmImport {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
}

/** The part of the JavaScript interface of WebAssembly that is used here: its types come with those of browsers alone. */
interface WebAssemblyApi {
  readonly Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): readonly WasmImport[];
  };
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly CompileError: new () => Error;
  readonly LinkError: new () => Error;
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
