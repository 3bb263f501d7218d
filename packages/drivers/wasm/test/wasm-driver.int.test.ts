import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobRef } from '@tksm/abstractions';
import type { StandInCalls } from '@tksm/drivers-memory';
import { program } from './programs.ts';
import { ended, makeZone, run } from './zone.ts';
import type { TestZone } from './zone.ts';

let zone: TestZone;
let calls: StandInCalls;
beforeEach(() => {
  zone = makeZone();
  calls = zone.open();
});
afterEach(() => zone.remove());

/** Of `path_open`: makes the file when it is not there. */
const CREATE = 1;
const HELLO = program('(call $text (i32.const 0))', { texts: ['hello, né\n'] });
/** Opens the first text in the folder 3 and prints what it holds. */
const CAT = program(
  `(if (call $open (i32.const 3) (i32.const 0) (i32.const 0)) (then (call $exit (i32.const 9))))
   (call $print (i32.const 8192) (call $read (call $fd)))`,
  { texts: ['a.txt'] },
);
const writeFile = (name: string, content: string, more = ''): Uint8Array =>
  program(
    `(if (call $open (i32.const 3) (i32.const 0) (i32.const ${CREATE})) (then (call $exit (i32.const 9))))
     (drop (call $write (call $fd) (call $at (i32.const 1)) (call $length (i32.const 1)))) ${more}`,
    { texts: [name, content] },
  );
const IN = { guest: '/in', path: '/corp/in', access: 'read' };
const OUT = { guest: '/out', path: '/corp/out', access: 'write' };

describe('wasm.run', () => {
  it('gives what a program wrote, under the right for its very bytes', async () => {
    expect(await run(calls, HELLO)).toEqual({ exitCode: 0, stdout: 'hello, né\n', stderr: '', written: 0 });
    const resource = createHash('sha256').update(HELLO).digest('hex');
    expect(calls.asked).toEqual([{ action: 'wasm.run', resource }]);
  });

  it('runs a module by its path, under the rights to run and to read it', async () => {
    writeFileSync(join(zone.root, 'corp/hello.wasm'), HELLO);
    const module = { path: '/corp/hello.wasm' };
    expect(await calls.call('wasm', 'run', { module })).toMatchObject({ stdout: 'hello, né\n' });
    const path = '/corp/hello.wasm';
    expect(calls.asked).toEqual([
      { action: 'wasm.run', resource: path, path },
      { action: 'fs.read', resource: path, path },
    ]);
  });

  it('gives arguments, variables and stdin, and nothing of this process', async () => {
    const echo = program(
      `(drop (call $args_sizes_get (i32.const 32) (i32.const 36)))
       (drop (call $args_get (i32.const 64) (i32.const 8192))) (call $print (i32.const 8192) (i32.load (i32.const 36)))
       (drop (call $environ_sizes_get (i32.const 32) (i32.const 36)))
       (drop (call $environ_get (i32.const 64) (i32.const 8192))) (call $print (i32.const 8192) (i32.load (i32.const 36)))
       (call $print (i32.const 8192) (call $read (i32.const 0)))`,
    );
    const input = { args: ['a b', 'né'], env: { LANG: 'C', NAME: 'ü' }, stdin: 'typed' };
    const { stdout } = (await run(calls, echo, input)) as { stdout: string };
    expect(stdout).toBe('program\0a b\0né\0LANG=C\0NAME=ü\0typed');
    expect(await run(calls, echo)).toMatchObject({ stdout: 'program\0' });
  });

  it('puts long outputs into blobs, and what is no text as bytes', async () => {
    const many = program(
      `(local $left i32) (local.set $left (i32.const 10))
       (loop $again (call $print (i32.const 8192) (i32.const 5000))
         (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
       (i32.store8 (i32.const 20) (i32.const 255)) (drop (call $write (i32.const 2) (i32.const 20) (i32.const 1)))`,
    );
    const { stdout, stderr } = (await run(calls, many)) as unknown as {
      stdout: { blob: BlobRef };
      stderr: Uint8Array;
    };
    expect(stdout.blob.size).toBe(50_000);
    expect(stderr).toEqual(Uint8Array.of(255));
  });

  it('tells the time, gives chance, and sleeps', async () => {
    const sleeper = program(
      `(drop (call $random_get (i32.const 8192) (i32.const 16)))
       (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 8208)))
       (i32.store8 (i32.const 108) (i32.const 0)) (i32.store (i32.const 116) (i32.const 1))
       (i64.store (i32.const 124) (i64.const 20000000))
       (if (call $poll_oneoff (i32.const 100) (i32.const 200) (i32.const 1) (i32.const 300)) (then (call $exit (i32.const 9))))
       (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 8216)))
       (call $print (i32.const 8192) (i32.const 32))`,
    );
    const outputs = [await run(calls, sleeper), await run(calls, sleeper)].map((output) => {
      const { stdout } = output as { stdout: Uint8Array | string };
      return Buffer.from(stdout as Uint8Array);
    });
    for (const output of outputs) {
      expect(Number(output.readBigUInt64LE(24) - output.readBigUInt64LE(16))).toBeGreaterThanOrEqual(
        15_000_000,
      );
    }
    expect(outputs[0]?.subarray(0, 16)).not.toEqual(outputs[1]?.subarray(0, 16));
  });
});

describe('the files of a program', () => {
  it('are those of its folders, read under the rights of the caller', async () => {
    expect(await run(calls, CAT, { dirs: [IN] })).toMatchObject({ exitCode: 0, stdout: 'hello', written: 0 });
    expect(calls.asked.slice(1).map(({ action, resource }) => `${action}:${resource}`)).toEqual([
      'fs.list:/corp/in',
      'fs.read:/corp/in/a.txt',
      'fs.list:/corp/in/deep',
      'fs.read:/corp/in/deep/b.txt',
    ]);
  });

  it('are not copied when a right for one is missing, and the program does not begin', async () => {
    calls = zone.open({}, { allows: ({ resource }) => resource !== '/corp/in/deep/b.txt' });
    expect(await ended(run(calls, CAT, { dirs: [IN] }))).toMatchObject({ code: 'CapabilityDenied' });
    calls = zone.open({}, { allows: ({ action }) => action !== 'fs.write' });
    expect(await ended(run(calls, writeFile('a', 'x'), { dirs: [OUT] }))).toMatchObject({
      code: 'CapabilityDenied',
    });
    expect(readdirSync(join(zone.root, 'corp/out'))).toEqual([]);
  });

  it('are copied back when it ends with 0: those that are new or changed, and no others', async () => {
    const made = program(
      `(drop (call $path_create_directory (i32.const 3) (call $at (i32.const 0)) (call $length (i32.const 0))))
       (if (call $open (i32.const 3) (i32.const 1) (i32.const ${CREATE})) (then (call $exit (i32.const 9))))
       (drop (call $write (call $fd) (call $at (i32.const 1)) (call $length (i32.const 1))))
       (if (call $open (i32.const 3) (i32.const 2) (i32.const ${CREATE})) (then (call $exit (i32.const 8))))
       (drop (call $write (call $fd) (call $at (i32.const 1)) (i32.const 1)))
       (drop (call $path_unlink_file (i32.const 3) (call $at (i32.const 3)) (call $length (i32.const 3))))`,
      { texts: ['new', 'new/c.txt', 'a.txt', 'deep/b.txt'] },
    );
    const both = { ...IN, access: 'read-write' };
    expect(await run(calls, made, { dirs: [both] })).toMatchObject({ exitCode: 0, written: 2 });
    const texts = ['new/c.txt', 'a.txt', 'deep/b.txt'].map((path) =>
      readFileSync(join(zone.root, 'corp/in', path), 'utf8'),
    );
    expect(texts).toEqual(['new/c.txt', 'nello', 'deep']);
  });

  it('begin empty where it may only write', async () => {
    writeFileSync(join(zone.root, 'corp/out/a.txt'), 'old');
    expect(await run(calls, CAT, { dirs: [OUT] })).toMatchObject({ exitCode: 9 });
    expect(await run(calls, writeFile('a.txt', 'new'), { dirs: [OUT] })).toMatchObject({ written: 1 });
    expect(readFileSync(join(zone.root, 'corp/out/a.txt'), 'utf8')).toBe('new');
    expect(calls.asked.map(({ action }) => action)).toEqual(['wasm.run', 'wasm.run', 'fs.write']);
  });

  it('stay as they were when it ends otherwise', async () => {
    const exits = writeFile('a.txt', 'x', '(call $exit (i32.const 3))');
    expect(await run(calls, exits, { dirs: [OUT] })).toMatchObject({ exitCode: 3, written: 0 });
    const traps = writeFile('a.txt', 'x', 'unreachable');
    expect(await ended(run(calls, traps, { dirs: [OUT] }))).toMatchObject({ code: 'ModuleFailed' });
    expect(readdirSync(join(zone.root, 'corp/out'))).toEqual([]);
  });

  it('cannot be changed where it may only read', async () => {
    const write = writeFile('a.txt', 'x');
    expect(await run(calls, write, { dirs: [IN] })).toMatchObject({ exitCode: 9, written: 0 });
    expect(await run(calls, writeFile('new', 'x'), { dirs: [IN] })).toMatchObject({ written: 0 });
    expect(existsSync(join(zone.root, 'corp/in/new'))).toBe(false);
  });

  it('are large, too', async () => {
    writeFileSync(join(zone.root, 'corp/in/a.txt'), Buffer.alloc(300_000, 'ab'));
    expect(await run(calls, CAT, { dirs: [IN] })).toMatchObject({ stdout: 'ab'.repeat(500) });
    const fill = `(local $left i32) (local.set $left (i32.const 100))
      (if (call $open (i32.const 3) (i32.const 0) (i32.const 1)) (then (call $exit (i32.const 9))))
      (loop $again (drop (call $write (call $fd) (i32.const 8192) (i32.const 4001)))
        (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))`;
    await run(calls, program(fill, { texts: ['a.txt'] }), { dirs: [{ ...IN, access: 'read-write' }] });
    const expected = Buffer.alloc(400_100);
    expect(readFileSync(join(zone.root, 'corp/in/a.txt')).equals(expected)).toBe(true);
  });

  it('leave out links', async () => {
    symlinkSync('/etc', join(zone.root, 'corp/in/link'));
    expect(await run(calls, CAT, { dirs: [IN] })).toMatchObject({ stdout: 'hello' });
    expect(calls.asked.every(({ resource }) => !resource.includes('link'))).toBe(true);
  });
});
