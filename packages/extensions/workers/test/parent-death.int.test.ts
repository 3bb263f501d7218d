import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { leftoversOf } from '../src/leftovers.ts';
import { findProgram, parentDeathPrefix } from '../src/parent-death.ts';
import { JOB } from './task-context.ts';

const host = fileURLToPath(new URL('doomed-host.ts', import.meta.url));
const script = `const c = require('net').connect(process.argv[1], () => c.write('up'));`;

/** Starts a host whose command is alive; settles when the command is, too. */
async function commandOutliving(how: 'exit' | 'stay', end: (host: ChildProcess) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tksm-death-'));
  const path = join(folder, 'alive');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const child = spawn(process.execPath, [host, how, JOB, path, script], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const socket = await new Promise<Socket>((resolve) => server.once('connection', resolve));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('data', resolve));
  expect(await leftoversOf(JOB)).toHaveLength(1);
  const dead = new Promise((resolve) => socket.once('close', resolve));
  end(child);
  await dead;
  server.close();
  await rm(folder, { recursive: true });
}

const prefix = await parentDeathPrefix(process.env['PATH']);

describe('a command whose kernel goes away', () => {
  it.runIf(prefix)('dies when the kernel is killed, where setpriv is there', async () => {
    await commandOutliving('stay', (child) => child.kill('SIGKILL'));
  });

  it.runIf(process.platform === 'linux')('dies when the kernel exits without a drain', async () => {
    await commandOutliving('exit', (child) => child.stdin?.write('now'));
  });
});

describe('findProgram', () => {
  it('looks as execvp does', async () => {
    expect(await findProgram('sh', process.env['PATH'], undefined)).toMatch(/\/sh$/);
    expect(await findProgram('bin/sh', undefined, '/')).toBe('/bin/sh');
    expect(await findProgram('no-such-program-here', process.env['PATH'], undefined)).toBeUndefined();
  });
});

describe('parentDeathPrefix', () => {
  it('is undefined where setpriv is missing', async () => {
    expect(await parentDeathPrefix('/nowhere')).toBeUndefined();
  });
});
