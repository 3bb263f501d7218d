import wabt from 'wabt';

const { parseWat } = await wabt();

const IMPORTS: Readonly<Record<string, string>> = {
  args_get: '(param i32 i32) (result i32)',
  args_sizes_get: '(param i32 i32) (result i32)',
  clock_time_get: '(param i32 i64 i32) (result i32)',
  environ_get: '(param i32 i32) (result i32)',
  environ_sizes_get: '(param i32 i32) (result i32)',
  fd_allocate: '(param i32 i64 i64) (result i32)',
  fd_pwrite: '(param i32 i32 i32 i64 i32) (result i32)',
  fd_read: '(param i32 i32 i32 i32) (result i32)',
  fd_write: '(param i32 i32 i32 i32) (result i32)',
  path_create_directory: '(param i32 i32 i32) (result i32)',
  path_link: '(param i32 i32 i32 i32 i32 i32 i32) (result i32)',
  path_open: '(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)',
  path_unlink_file: '(param i32 i32 i32) (result i32)',
  poll_oneoff: '(param i32 i32 i32 i32) (result i32)',
  proc_exit: '(param i32)',
  random_get: '(param i32 i32) (result i32)',
  sock_accept: '(param i32 i32 i32) (result i32)',
};

/** Texts that a program has in its memory: `TEXT` at 4096, the second at 4352, and so on. */
const TEXT_AT = 4_096;
const TEXT_STEP = 256;

interface ProgramParts {
  readonly memory?: string;
  readonly texts?: readonly string[];
  readonly more?: string;
}

/**
 * A WASI program. It may call every import by its name and these: `$write FD AT LENGTH` (the errno), `$print AT LENGTH`,
 * `$text N` (prints the text of that number), `$at N`, `$length N`, `$open FOLDER N OFLAGS` (the errno; for reading alone without flags), `$fd` (what it
 * opened), `$read FD` (up to 1,000 bytes to 8192; how many), `$exit CODE`.
 */
export function program(
  body: string,
  { memory = '1', texts = [], more = '' }: ProgramParts = {},
): Uint8Array {
  const imports = Object.entries(IMPORTS).map(
    ([name, type]) => `(import "wasi_snapshot_preview1" "${name}" (func $${name} ${type}))`,
  );
  const data = texts.map((text, index) => {
    const bytes = [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
    return `(data (i32.const ${TEXT_AT + index * TEXT_STEP}) "${bytes}")`;
  });
  const lengths = texts.reduceRight<string>(
    (rest, text, index) =>
      `(if (result i32) (i32.eq (local.get 0) (i32.const ${index})) (then (i32.const ${Buffer.byteLength(text)})) (else ${rest}))`,
    '(i32.const 0)',
  );
  return wasm(`(module ${imports.join(' ')} (memory (export "memory") ${memory}) ${data.join(' ')}
    (func $at (param i32) (result i32)
      (i32.add (i32.const ${TEXT_AT}) (i32.mul (local.get 0) (i32.const ${TEXT_STEP}))))
    (func $length (param i32) (result i32) ${lengths})
    (func $write (param $fd i32) (param $at i32) (param $length i32) (result i32)
      (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $length))
      (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
    (func $print (param i32 i32) (drop (call $write (i32.const 1) (local.get 0) (local.get 1))))
    (func $text (param i32) (call $print (call $at (local.get 0)) (call $length (local.get 0))))
    (func $open (param $folder i32) (param $text i32) (param $oflags i32) (result i32)
      (call $path_open (local.get $folder) (i32.const 0) (call $at (local.get $text)) (call $length (local.get $text))
        (local.get $oflags) (select (i64.const -1) (i64.const 2) (local.get $oflags)) (i64.const -1)
        (i32.const 0) (i32.const 16)))
    (func $fd (result i32) (i32.load (i32.const 16)))
    (func $read (param $fd i32) (result i32)
      (i32.store (i32.const 0) (i32.const 8192)) (i32.store (i32.const 4) (i32.const 1000))
      (drop (call $fd_read (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
      (i32.load (i32.const 8)))
    (func $exit (param i32) (call $proc_exit (local.get 0)))
    ${more}
    (func (export "_start") ${body}))`);
}

/** A module of the text format of WebAssembly. */
export function wasm(text: string): Uint8Array {
  const features = { threads: true, memory64: true, multi_memory: true, reference_types: true };
  const module = parseWat('test.wat', text, features);
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}
