import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from '@tksm/abstractions';
import { systemTimers } from '@tksm/drivers-system';
import { wasmDriver } from '@tksm/drivers-wasm';
import wabt from 'wabt';
import { attackTable } from './attack-table.ts';
import type { Attack, Granted } from './attack-table.ts';
import { Scene, SECRET, temporaryFolder } from './scene.ts';

const { parseWat } = await wabt();
const MEMORY = '(memory (export "memory") 1)';
const WASI = '"wasi_snapshot_preview1"';
const IMPORT_OPEN = `(import ${WASI} "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))`;

function compiled(wat: string): Uint8Array {
  const module = parseWat('program.wat', wat);
  const { buffer } = module.toBinary({});
  module.destroy();
  return buffer;
}

const program = (body: string, parts = ''): Uint8Array =>
  compiled(`(module ${parts} ${MEMORY} (func (export "_start") ${body}))`);

/** Opens a path in its first folder, and traps when it cannot; `flags` 1 makes a file, 8 empties one. */
function opening(path: string, flags = 0): Uint8Array {
  const bytes = [...Buffer.from(path)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`);
  const rights = flags === 0 ? 2 : 64;
  return compiled(`(module ${IMPORT_OPEN} ${MEMORY} (data (i32.const 64) "${bytes.join('')}")
    (func (export "_start")
      (if (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const ${bytes.length}) (i32.const ${flags})
          (i64.const ${rights}) (i64.const 0) (i32.const 0) (i32.const 32))
        (then unreachable))))`);
}

/** By their names; each is a file of the folder `/corp/bin`. */
const PROGRAMS: Readonly<Record<string, Uint8Array>> = {
  quiet: program(''),
  endless: program('(loop $again (br $again))'),
  deep: program('(call $deeper)', '(func $deeper (call $deeper) (call $deeper))'),
  hungry: program(
    '(loop $again (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable)) (br $again))',
  ),
  reaching: program('(drop (i32.load (i32.const -4)))'),
  huge: compiled('(module (memory (export "memory") 2000) (func (export "_start")))'),
  foreign: program('', '(import "env" "system" (func))'),
  executing: program('', `(import ${WASI} "path_exec" (func))`),
  text: Buffer.from('#!/bin/sh\ncat /etc/passwd'),
  'opens-inside': opening('a.txt'),
  'opens-root': opening('/etc/passwd'),
  'opens-up': opening('../secret.txt'),
  'opens-far-up': opening('deep/../../../../../../etc/passwd'),
  'opens-link': opening('to-file'),
  'opens-behind-link': opening('to-folder/secret.txt'),
  'opens-proc': opening('proc/self/environ'),
  overwrites: opening('a.txt', 8),
  leaves: opening('new.txt', 1),
  'leaves-up': opening('../new.txt', 1),
};

/** A folder that programs may see, with links out of it, and one beside it. */
async function open(): Promise<Scene> {
  const folder = temporaryFolder();
  const corp = join(folder, 'root/corp');
  for (const made of ['bin', 'in', 'linked']) mkdirSync(join(corp, made), { recursive: true });
  for (const [name, bytes] of Object.entries(PROGRAMS)) writeFileSync(join(corp, 'bin', name), bytes);
  writeFileSync(join(corp, 'in/a.txt'), 'hello');
  writeFileSync(join(corp, 'secret.txt'), SECRET);
  symlinkSync('../secret.txt', join(corp, 'linked/to-file'));
  symlinkSync('..', join(corp, 'linked/to-folder'));
  const look = (): unknown =>
    readdirSync(join(folder, 'root'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [parentPath, name, readFileSync(join(parentPath, name), 'base64')]);
  return await Scene.open({ drivers: [wasmDriver({ timers: systemTimers })], look }, folder);
}

const RUN = ['wasm.run:/corp/bin/*', 'fs.read:/corp/bin/*'];
const SEE = [
  'fs.list:/corp/in/**',
  'fs.read:/corp/in/**',
  'fs.list:/corp/linked/**',
  'fs.read:/corp/linked/**',
];
const dirs = (path: string, access = 'read'): object => ({ dirs: [{ guest: '/in', path, access }] });

const running = (
  name: string,
  code: ErrorCode,
  input: object = {},
  rights: readonly string[] = [...RUN, ...SEE],
): Attack => [
  `${name}${JSON.stringify(input) === '{}' ? '' : ` with ${JSON.stringify(input).replaceAll('"', '')}`}`,
  async (scene) => {
    const handle = await scene.grant(rights);
    const call = { module: { path: `/corp/bin/${name}` }, timeoutMs: 5_000, ...input };
    return () => scene.call('wasm', 'run', call, handle);
  },
  code,
];

const starting = (name: string, input: object = {}): Granted => [
  name,
  async (scene) => {
    const call = { module: { path: `/corp/bin/${name}` }, ...input };
    return await scene.call('wasm', 'run', call, await scene.grant([...RUN, ...SEE]));
  },
];

attackTable(
  'an attack by a program',
  open,
  {
    'run without a right': [
      running('quiet', 'CapabilityDenied', {}, ['fs.*:/**']),
      running('quiet', 'CapabilityDenied', {}, ['wasm.run:/corp/bin/other', 'fs.read:/**']),
      running('quiet', 'CapabilityDenied', {}, ['wasm.run:/**']),
      running('../../corp-old/a', 'InvalidInput'),
    ],
    'given a folder that its caller may not see': [
      running('opens-inside', 'CapabilityDenied', dirs('/corp-old')),
      running('opens-inside', 'CapabilityDenied', dirs('/corp')),
      running('opens-inside', 'CapabilityDenied', dirs('/')),
      running('opens-inside', 'CapabilityDenied', dirs('/corp/in'), [...RUN, 'fs.list:/corp/in']),
      running('opens-inside', 'InvalidInput', dirs('/corp/in/..')),
      running('opens-inside', 'PathRefused', dirs('/corp/linked/to-folder')),
      running('opens-inside', 'InvalidInput', dirs('/corp/in', 'execute')),
    ],
    'that reaches out of its folder': [
      running('opens-inside', 'ModuleFailed'),
      ...['opens-root', 'opens-up', 'opens-far-up', 'opens-proc', 'leaves-up'].map((name) =>
        running(name, 'ModuleFailed', dirs('/corp/in')),
      ),
      ...['opens-link', 'opens-behind-link'].map((name) =>
        running(name, 'ModuleFailed', dirs('/corp/linked')),
      ),
    ],
    'that leaves what its caller may not write': [
      running('leaves', 'CapabilityDenied', dirs('/corp/in', 'read-write')),
      running('leaves', 'CapabilityDenied', dirs('/corp-old', 'write')),
      running('overwrites', 'ModuleFailed', dirs('/corp/in', 'read')),
    ],
    'that takes what it is not given': [
      running('endless', 'TimedOut', { timeoutMs: 100 }),
      running('hungry', 'ModuleFailed', { memoryBytes: 655_360 }),
      running('huge', 'InvalidInput', { memoryBytes: 655_360 }),
      running('quiet', 'InvalidInput', { memoryBytes: 2 ** 32 }),
      running('deep', 'ModuleFailed'),
      running('reaching', 'ModuleFailed'),
      running('foreign', 'InvalidInput'),
      running('executing', 'InvalidInput'),
      running('text', 'InvalidInput'),
    ],
  },
  [starting('quiet'), starting('opens-inside', dirs('/corp/in'))],
);
