import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StandInCalls } from '@tksm/drivers-memory';
import { program, wasm } from './programs.ts';
import { ended, makeZone, run } from './zone.ts';
import type { TestZone } from './zone.ts';

let zone: TestZone;
let calls: StandInCalls;
beforeEach(() => {
  zone = makeZone();
  calls = zone.open();
});
afterEach(() => zone.remove());

const BOTH = { guest: '/in', path: '/corp/in', access: 'read-write' };
const ERRNO = { badf: 8, noent: 44, nospc: 51, notcapable: 76 };

describe('an attack by a module', () => {
  const WASI = '"wasi_snapshot_preview1"';
  const START = '(func (export "_start"))';
  it.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /begin/],
    ['text', Buffer.from('#!/bin/sh\nexit 0'), /begin/],
    ['a component', Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), /begin/],
    ['half a module', program('').subarray(0, 60), /too early/],
    ['nonsense in a section', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 2, 0xff, 0xff), /refused/],
    [
      'a section of more than there is',
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f),
      /too early/,
    ],
    [
      'a length of more than 32 bits',
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x7f),
      /32 bits/,
    ],
    ['no _start', '(module (memory (export "memory") 1))', /_start/],
    [
      'a _start that is no function',
      '(module (memory (export "memory") 1) (global (export "_start") i32 (i32.const 1)))',
      /_start/,
    ],
    ['no memory', `(module ${START})`, /memory/],
    [
      'another import',
      `(module (import ${WASI} "path_exec" (func)) (memory (export "memory") 1) ${START})`,
      /path_exec/,
    ],
    [
      'an import that all objects have',
      `(module (import ${WASI} "constructor" (func)) (memory (export "memory") 1) ${START})`,
      /constructor/,
    ],
    [
      'an import of another module',
      `(module (import "env" "fd_write" (func)) (memory (export "memory") 1) ${START})`,
      /env/,
    ],
    [
      'a memory from outside',
      `(module (import "env" "memory" (memory 1)) (export "memory" (memory 0)) ${START})`,
      /memory/,
    ],
    ['a shared memory', `(module (memory (export "memory") 1 2 shared) ${START})`, /shared/],
    ['a memory of 64 bits', `(module (memory (export "memory") i64 1) ${START})`, /64 bits/],
    ['two memories', `(module (memory (export "memory") 1) (memory 1) ${START})`, /several/],
    ['more memory than it may have', `(module (memory (export "memory") 2000) ${START})`, /131072000 bytes/],
    [
      'more entries of a table',
      `(module (memory (export "memory") 1) (table 9000000 funcref) ${START})`,
      /table/,
    ],
    [
      'very many tables',
      `(module (memory (export "memory") 1) ${'(table 1 funcref)'.repeat(17)} ${START})`,
      /16 tables/,
    ],
  ])('is refused: %s', async (_, module, why) => {
    const error = await ended(run(calls, typeof module === 'string' ? wasm(module) : module));
    expect(error).toMatchObject({ code: 'InvalidInput', message: expect.stringMatching(why) });
  });

  it.each<[string, object, string]>([
    ['no module', {}, 'InvalidInput'],
    [
      'both a blob and a path',
      { module: { path: '/a', blob: { hash: '0'.repeat(64), size: 1 } } },
      'InvalidInput',
    ],
    ['a path with ..', { module: { path: '/corp/../a.wasm' } }, 'InvalidInput'],
    ['a blob that is not there', { module: { blob: { hash: '0'.repeat(64), size: 1 } } }, 'BlobNotFound'],
    ['a file that is not there', { module: { path: '/a.wasm' } }, 'FileNotFound'],
    ['NUL in an argument', { module: { path: '/a' }, args: ['a\0b'] }, 'InvalidInput'],
    ['a = in a name', { module: { path: '/a' }, env: { 'A=B': '' } }, 'InvalidInput'],
    [
      '__proto__ as a name',
      { module: { path: '/a' }, env: JSON.parse('{"__proto__":{"A":"B"}}') as object },
      'FileNotFound',
    ],
    ['a folder twice', { module: { path: '/a' }, dirs: [BOTH, BOTH] }, 'InvalidInput'],
    ['a folder with ..', { module: { path: '/a' }, dirs: [{ ...BOTH, path: '/corp/..' }] }, 'InvalidInput'],
    ['no time', { module: { path: '/a' }, timeoutMs: 0 }, 'InvalidInput'],
    ['more memory than is given', { module: { path: '/a' }, memoryBytes: 2 ** 29 }, 'InvalidInput'],
    ['all memory', { module: { path: '/a' }, memoryBytes: 2 ** 32 }, 'InvalidInput'],
  ])('is refused by its input: %s', async (_, input, code) => {
    expect(await ended(calls.call('wasm', 'run', input))).toMatchObject({ code });
  });

  it.each([
    [{ module: 'a.wasm' }, 'is not {"blob": {hash, size}} or {"path": PATH}'],
    [{ module: { path: '/a' }, stdin: { text: 'x' } }, 'is not a text, bytes or {"blob": {hash, size}}'],
  ])('is told what its input %o has to be', async (input, message) => {
    expect(await ended(calls.call('wasm', 'run', input))).toMatchObject({ message });
  });

  it('is refused for its size', async () => {
    calls = zone.open({ maxModuleBytes: 100 });
    expect(await ended(run(calls, program('')))).toMatchObject({ code: 'PayloadTooLarge' });
  });
});

describe('an attack by a program', () => {
  /** Ends with the errno of opening the text in its first folder. */
  const opens = (path: string): Uint8Array =>
    program('(call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 0)))', { texts: [path] });

  it.each([
    ['/etc/passwd', ERRNO.notcapable],
    ['../../etc/passwd', ERRNO.notcapable],
    ['deep/../../../etc/passwd', ERRNO.notcapable],
    ['..', ERRNO.notcapable],
    ['../in/a.txt', ERRNO.notcapable],
    ['etc/passwd', ERRNO.noent],
    ['a.txt\0/../../etc/passwd', 28],
    ['deep/../a.txt', 0],
  ])('sees nothing but its folders: %s', async (path, errno) => {
    expect(await run(calls, opens(path), { dirs: [BOTH] })).toMatchObject({ exitCode: errno });
  });

  it('has no folder that it was not given', async () => {
    expect(await run(calls, opens('a.txt'))).toMatchObject({ exitCode: ERRNO.badf });
  });

  it('is ended when it never ends', async () => {
    const error = await ended(run(calls, program('(loop $again (br $again))'), { timeoutMs: 200 }));
    expect(error).toMatchObject({ code: 'TimedOut', data: { timeoutMs: 200 } });
  });

  it('is ended while it sleeps', async () => {
    const sleeps =
      program(`(i32.store (i32.const 116) (i32.const 1)) (i64.store (i32.const 124) (i64.const -1))
      (drop (call $poll_oneoff (i32.const 100) (i32.const 200) (i32.const 1) (i32.const 300)))`);
    expect(await ended(run(calls, sleeps, { timeoutMs: 200 }))).toMatchObject({ code: 'TimedOut' });
  });

  it('is ended when its job is, with the reason', async () => {
    const controller = new AbortController();
    // Aborts when the program is about to begin.
    const timers = {
      after: () => {
        controller.abort(new Error('cancelled'));
        return { cancel: () => undefined };
      },
      soon: () => undefined,
    };
    calls = zone.open({ timers }, { signal: controller.signal });
    await expect(run(calls, program('(loop $again (br $again))'))).rejects.toThrow('cancelled');
  });

  it.each([
    ['1', 655_360, 10],
    ['3 200', 655_360, 10],
    ['1 4', 655_360, 4],
    ['1', 720_895, 10],
  ])('has no more memory than it may: %s, of %i bytes', async (memory, memoryBytes, pages) => {
    const hog = program(
      `(loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (call $exit (memory.size))`,
      { memory },
    );
    expect(await run(calls, hog, { memoryBytes })).toMatchObject({ exitCode: pages });
  });

  it.each([
    ['calls itself for ever', '(call $deeper)', '(func $deeper (call $deeper) (call $deeper))'],
    ['runs into what cannot be', 'unreachable', ''],
    ['divides by zero', '(drop (i32.div_u (i32.const 1) (i32.const 0)))', ''],
    ['reads beyond its memory', '(drop (i32.load (i32.const -4)))', ''],
    [
      'lets others read beyond its memory',
      '(drop (call $fd_write (i32.const 1) (i32.const -8) (i32.const 1) (i32.const 8)))',
      '',
    ],
    [
      'lets others write beyond its memory',
      '(drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const -8)))',
      '',
    ],
  ])('fails when it %s', async (_, body, more) => {
    const error = await ended(
      run(calls, program(`(call $text (i32.const 0)) ${body}`, { texts: ['before'], more })),
    );
    expect(error).toMatchObject({ code: 'ModuleFailed', retryable: false });
  });

  it('tells the end of its stderr when it fails', async () => {
    const panics = program(
      '(drop (call $write (i32.const 2) (call $at (i32.const 0)) (call $length (i32.const 0)))) unreachable',
      { texts: ['panicked at 1:1'] },
    );
    expect(await ended(run(calls, panics))).toMatchObject({ data: { stderr: 'panicked at 1:1' } });
  });

  it.each([
    ['fd_allocate', '(call $fd_allocate (call $fd) (i64.const 0) (i64.const 8589934592))', ERRNO.nospc],
    [
      'fd_allocate at the end of numbers',
      '(call $fd_allocate (call $fd) (i64.const -1) (i64.const -1))',
      ERRNO.nospc,
    ],
    [
      'fd_allocate of its stdin',
      '(call $fd_allocate (i32.const 0) (i64.const 0) (i64.const 8589934592))',
      ERRNO.badf,
    ],
    [
      'fd_pwrite far away',
      '(call $fd_pwrite (call $fd) (i32.const 0) (i32.const 1) (i64.const 4294967296) (i32.const 8))',
      ERRNO.nospc,
    ],
    [
      'fd_pwrite at the end of numbers',
      '(call $fd_pwrite (call $fd) (i32.const 0) (i32.const 1) (i64.const -9000) (i32.const 8))',
      ERRNO.nospc,
    ],
    [
      'fd_write twice',
      '(block (result i32) (drop (call $write (call $fd) (i32.const 8192) (i32.const 9000))) (call $write (call $fd) (i32.const 8192) (i32.const 9000)))',
      ERRNO.nospc,
    ],
  ])('has no more room for files than it may: %s', async (_, call, errno) => {
    calls = zone.open({ maxFileBytes: 10_000 });
    const hog = program(
      `(drop (call $open (i32.const 3) (i32.const 0) (i32.const 1)))
       (i32.store (i32.const 0) (i32.const 8192)) (i32.store (i32.const 4) (i32.const 9000)) (call $exit ${call})`,
      { texts: ['new'] },
    );
    expect(await run(calls, hog, { dirs: [BOTH] })).toMatchObject({ exitCode: errno });
  });

  it('leaves no more behind than it may, though one file has many names', async () => {
    calls = zone.open({ maxFileBytes: 100_000 });
    // Names a file of 60,000 bytes anew for each letter.
    const links = program(
      `(local $left i32) (local.set $left (i32.const 20))
       (drop (call $open (i32.const 3) (i32.const 0) (i32.const 1)))
       (drop (call $fd_allocate (call $fd) (i64.const 0) (i64.const 60000)))
       (loop $again
         (i32.store8 (call $at (i32.const 1)) (i32.add (i32.const 65) (local.get $left)))
         (drop (call $path_link (i32.const 3) (i32.const 0) (call $at (i32.const 0)) (i32.const 1) (i32.const 3) (call $at (i32.const 1)) (i32.const 1)))
         (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))`,
      { texts: ['f', 'x'] },
    );
    expect(await ended(run(calls, links, { dirs: [BOTH] }))).toMatchObject({ code: 'ModuleFailed' });
    calls = zone.open({ maxFiles: 5 });
    expect(await ended(run(calls, links, { dirs: [BOTH] }))).toMatchObject({ code: 'ModuleFailed' });
    expect(readdirSync(join(zone.root, 'corp/in')).sort()).toEqual(['a.txt', 'deep']);
  });

  it('leaves nothing behind when a name of it is none that a path can have', async () => {
    const names = program(
      `(drop (call $open (i32.const 3) (i32.const 0) (i32.const 1))) (drop (call $open (i32.const 3) (i32.const 1) (i32.const 1)))`,
      { texts: ['good', 'back\\slash'] },
    );
    const error = await ended(run(calls, names, { dirs: [BOTH] }));
    expect(error).toMatchObject({ code: 'InvalidInput', message: expect.stringContaining('slash') });
    expect(readdirSync(join(zone.root, 'corp/in')).sort()).toEqual(['a.txt', 'deep']);
  });

  it('is told that there is no space when it writes too much', async () => {
    calls = zone.open({ maxOutputBytes: 10_000 });
    const chatter = program(
      '(loop $again (br_if $again (i32.eqz (call $write (i32.const 1) (i32.const 8192) (i32.const 3000))))) (call $exit (i32.const 7))',
    );
    expect(await run(calls, chatter)).toMatchObject({ exitCode: 7, stdout: { blob: { size: 9_000 } } });
  });

  it('may write as much in very many small pieces', async () => {
    const pieces = program(
      `(local $count i32) (loop $again
         (local.set $count (i32.add (local.get $count) (i32.const 1)))
         (drop (call $write (i32.const 1) (i32.const 8192) (i32.const 6)))
         (br_if $again (i32.lt_u (local.get $count) (i32.const 800000))))`,
    );
    expect(await run(calls, pieces)).toMatchObject({ exitCode: 0, stdout: { blob: { size: 4_800_000 } } });
  });

  it('is not given more than it may', async () => {
    calls = zone.open({ maxFileBytes: 6 });
    expect(await ended(run(calls, program(''), { dirs: [BOTH] }))).toMatchObject({ code: 'PayloadTooLarge' });
    calls = zone.open({ maxFiles: 2 });
    expect(await ended(run(calls, program(''), { dirs: [BOTH] }))).toMatchObject({ code: 'PayloadTooLarge' });
  });

  it('brings down nothing but its thread when it fills that with names of files', async () => {
    const names = program(
      `(local $count i32) (memory.fill (i32.const 8192) (i32.const 97) (i32.const 50000))
       (loop $again
         (local.set $count (i32.add (local.get $count) (i32.const 1)))
         (i32.store (i32.const 8192) (i32.or (local.get $count) (i32.const 0x40404040)))
         (br_if $again (i32.eqz (call $path_open (i32.const 3) (i32.const 0) (i32.const 8192) (i32.const 50000)
           (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 16)))))
       (call $exit (i32.const 9))`,
    );
    const error = await ended(run(calls, names, { dirs: [BOTH] }));
    expect(error).toMatchObject({ code: 'ModuleFailed', message: expect.stringMatching(/memory/) });
    expect(await run(calls, program(''))).toMatchObject({ exitCode: 0 });
  });

  it('is not given sockets', async () => {
    const listens = program('(call $exit (call $sock_accept (i32.const 3) (i32.const 0) (i32.const 16)))');
    expect(await run(calls, listens)).toMatchObject({ exitCode: 58 });
  });
});
