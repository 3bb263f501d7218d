import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KernelError } from '@tksm/abstractions';
import type { TaskContext } from '@tksm/abstractions';
import { shellKind } from '../src/shell-kind.ts';
import type { ShellInput } from '../src/shell-input.ts';
import type { ShellOutput } from '../src/shell-outcome.ts';
import { JOB, ManualTimers, memoryBlobs, taskContext } from './task-context.ts';

const GRACE = 111;
const LINGER = 222;
const times = { killGraceMs: GRACE, lingerMs: LINGER };
const node = process.execPath;

let timers: ManualTimers;
beforeEach(() => {
  timers = new ManualTimers();
});

/** An attempt that was given a secret in the variable KEY. */
const SECRET = 'value-of-key';
const env = { KEY: SECRET };
const withSecret = (parts: Parameters<typeof taskContext>[0] = {}): TaskContext => ({
  ...taskContext(parts),
  secrets: [SECRET],
});

async function run(input: ShellInput, context: TaskContext = taskContext()): Promise<ShellOutput> {
  const kind = shellKind({ timers, times, environment: process.env });
  return kind.run(input, context);
}

/** The error of a run, as it is logged. */
async function failure(input: ShellInput, context?: TaskContext): Promise<ReturnType<KernelError['toJSON']>> {
  const error: unknown = await run(input, context).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KernelError);
  return (error as KernelError).toJSON();
}

describe('shell', () => {
  it('answers with exit code and output', async () => {
    expect(await run({ argv: ['printf', '%s-%s', 'a b', '$HOME'] })).toEqual({
      exitCode: 0,
      signal: null,
      stdout: 'a b-$HOME',
      stderr: '',
      truncated: false,
      durationMs: 0,
    });
    expect(timers.waiting).toEqual([]);
  });

  it('runs a text in a shell when asked', async () => {
    expect((await run({ shell: 'echo $((1 + 1)); echo two >&2' })).stdout).toBe('2\n');
  });

  it('passes on the declared environment, PATH, HOME and LANG, and nothing else', async () => {
    process.env['TKSM_TEST_UNDECLARED'] = 'seen';
    const { stdout } = await run({
      argv: [node, '-p', 'Object.keys(process.env).join()'],
      env: { MINE: 'x' },
    });
    delete process.env['TKSM_TEST_UNDECLARED'];
    const allowed = ['PATH', 'HOME', 'LANG', 'MINE', 'TKSM_JOB_ID', 'TKSM_ATTEMPT'];
    expect(
      String(stdout)
        .trim()
        .split(',')
        .filter((name) => !allowed.includes(name)),
    ).toEqual([]);
    expect(stdout).toContain('MINE');
  });

  it('feeds stdin and runs in the folder it is told', async () => {
    expect((await run({ argv: ['cat'], stdin: 'in', cwd: '/' })).stdout).toBe('in');
    expect((await run({ argv: ['pwd'], cwd: '/' })).stdout).toBe('/\n');
    expect((await run({ argv: ['true'], stdin: 'x'.repeat(1_000_000) })).exitCode).toBe(0);
  });

  it('masks resolved secrets in the output, cut or not', async () => {
    const { stdout } = await run(
      { shell: 'printf "%s|" "$KEY"; printf value-; printf of-key', env },
      withSecret(),
    );
    expect(stdout).toBe('***|***');
  });

  it('masks secrets in errors and in blobs', async () => {
    const error = await failure({ shell: 'echo $KEY; echo $KEY >&2; exit 3', env }, withSecret());
    expect(JSON.stringify(error)).not.toContain('value-of');
    expect(error.data).toEqual({ exitCode: 3, signal: null, stdout: '***\n', stderr: '***\n' });
    const blobs = memoryBlobs();
    await run({ shell: 'echo $KEY', env, maxOutputBytes: 2, captureTo: 'blob' }, withSecret({ blobs }));
    expect([...blobs.contents.values()].map(String)).toEqual(['***\n']);
  });

  it('returns output that is not UTF-8 as bytes', async () => {
    expect((await run({ argv: ['printf', '\\377A'] })).stdout).toEqual(new Uint8Array([255, 65]));
  });

  it('keeps the start and the end of a long output and stores all of it when asked', async () => {
    const blobs = memoryBlobs();
    const input: ShellInput = { argv: ['seq', '100000'], maxOutputBytes: 20, captureTo: 'blob' };
    const output = await run(input, taskContext({ blobs }));
    expect(output.stdout).toBe('1\n2\n3\n4\n5\n\n[... 588875 bytes cut ...]\n99\n100000\n');
    expect(output.truncated).toBe(true);
    expect(output['stdoutBlob']).toMatchObject({ size: 588_895 });
    expect([...blobs.contents.values()].map(({ length }) => length)).toEqual([588_895]);
    expect(output['stderrBlob']).toBeUndefined();
  });

  it('keeps a result small enough to be stored inline', async () => {
    const noise = `process.stdout.write(Buffer.alloc(1e6)); process.stderr.write(Buffer.alloc(1e6, 200))`;
    const output = await run({ argv: [node, '-e', noise] });
    expect(output.truncated).toBe(true);
    const { stdout, stderr } = output;
    const bytes = JSON.stringify(stdout).length + Buffer.from(stderr as Uint8Array).toString('base64').length;
    expect(bytes).toBeLessThan(65_536);
    expect(bytes).toBeGreaterThan(40_000);
  });

  it.each([
    [{ shell: 'exit 7' }, 'ProcessFailed', true],
    [{ shell: 'exit 7', permanentExitCodes: [7] }, 'ProcessRejected', false],
    [{ shell: 'kill -9 $$' }, 'ProcessFailed', true],
    [{ argv: ['no-such-program-here'] }, 'ProcessNotStarted', false],
    [{ argv: ['true'], cwd: '/no/such/folder' }, 'ProcessNotStarted', false],
    [{ argv: ['/etc/passwd'] }, 'ProcessNotStarted', false],
    [{ argv: ['true', 'x'.repeat(3_000_000)] }, 'ProcessNotStarted', false],
  ] as const)('fails for %j with %s', async (input, code, retryable) => {
    const error = await failure(input);
    expect(error.code).toBe(code);
    expect(KernelError.from(error).retryable).toBe(retryable);
  });

  it('takes other exit codes for success when told', async () => {
    expect((await run({ shell: 'exit 7', okExitCodes: [0, 7] })).exitCode).toBe(7);
  });

  it('does not start when the attempt is already aborted', async () => {
    const signal = AbortSignal.abort(new KernelError('Cancelled', 'no more'));
    expect((await failure({ argv: ['true'] }, taskContext({ signal }))).code).toBe('Cancelled');
  });
});

describe('shell, ending a process', () => {
  let folder: string;
  let server: Server;
  let path: string;

  // A process says that it lives by holding a connection; when it dies the connection closes.
  const connected = `const c = require('net').connect(process.argv[1], () => c.write('up'));`;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tksm-shell-'));
    path = join(folder, 'alive');
    server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
  });
  afterEach(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  async function alive(): Promise<{ readonly dead: Promise<unknown> }> {
    const socket = await new Promise<Socket>((resolve) => server.once('connection', resolve));
    await new Promise((resolve) => socket.once('data', resolve));
    return { dead: new Promise((resolve) => socket.once('close', resolve).on('error', () => undefined)) };
  }

  it('ends the command when it takes too long', async () => {
    const result = failure({ argv: [node, '-e', connected, path], timeoutMs: 50 });
    const { dead } = await alive();
    timers.fire(50);
    expect((await result).code).toBe('TimedOut');
    await dead;
  });

  it('ends the command on abort, with the reason of the abort', async () => {
    const controller = new AbortController();
    const result = failure(
      { argv: [node, '-e', connected, path] },
      taskContext({ signal: controller.signal }),
    );
    const { dead } = await alive();
    controller.abort(new KernelError('Interrupted', 'drain'));
    expect((await result).code).toBe('Interrupted');
    await dead;
  });

  it('kills what ignores SIGTERM once the grace is over', async () => {
    const controller = new AbortController();
    const stubborn = `process.on('SIGTERM', () => {}); ${connected}`;
    const result = failure(
      { argv: [node, '-e', stubborn, path] },
      taskContext({ signal: controller.signal }),
    );
    const { dead } = await alive();
    controller.abort(new KernelError('Interrupted', 'drain'));
    await timers.set(GRACE);
    timers.fire(GRACE);
    expect((await result).code).toBe('Interrupted');
    await dead;
  });

  it('kills the grandchildren too', async () => {
    const controller = new AbortController();
    const shell = `"${node}" -e "$SCRIPT" "${path}" & wait`;
    const result = failure({ shell, env: { SCRIPT: connected } }, taskContext({ signal: controller.signal }));
    const { dead } = await alive();
    controller.abort(new KernelError('Interrupted', 'drain'));
    expect((await result).code).toBe('Interrupted');
    await dead;
  });

  it('leaves no background process behind when the command ends by itself', async () => {
    const shell = `"${node}" -e "$SCRIPT" "${path}" >/dev/null 2>&1 & read line`;
    const controller = new AbortController();
    const fifo = join(folder, 'go');
    const result = run(
      { shell: `mkfifo "${fifo}"; ${shell} < "${fifo}"`, env: { SCRIPT: connected } },
      taskContext({ signal: controller.signal }),
    );
    const { dead } = await alive();
    await (await import('node:fs/promises')).writeFile(fifo, 'go\n');
    expect((await result).exitCode).toBe(0);
    await dead;
  });

  it('gives up output that a process outside the group holds open, and ends that process', async () => {
    const shell = `setsid "${node}" -e "$SCRIPT" "${path}" & read line < "$FIFO"`;
    const fifo = join(folder, 'go');
    const result = run({ shell: `mkfifo "$FIFO"; ${shell}`, env: { SCRIPT: connected, FIFO: fifo } });
    const { dead } = await alive();
    await (await import('node:fs/promises')).writeFile(fifo, 'go\n');
    for (const delayMs of [LINGER, GRACE, LINGER]) {
      await timers.set(delayMs);
      timers.fire(delayMs);
    }
    expect((await result).exitCode).toBe(0);
    if (existsSync('/proc/self/environ')) await dead;
  });

  it('ends what an earlier attempt left behind before it starts', async () => {
    if (!existsSync('/proc/self/environ')) return;
    const first = failure({ argv: [node, '-e', connected, path] });
    const { dead } = await alive();
    const again = run({ argv: ['true'] }, taskContext({ epoch: 2 }));
    await dead;
    expect((await again).exitCode).toBe(0);
    expect((await first).code).toBe('ProcessFailed');
  });

  it('marks the process with job and attempt', async () => {
    if (!existsSync('/proc/self/environ')) return;
    const { stdout } = await run({ argv: ['cat', '/proc/self/environ'] });
    expect(stdout).toContain(`TKSM_JOB_ID=${JOB}\0TKSM_ATTEMPT=1`);
    expect(readFileSync('/proc/self/environ', 'utf8')).not.toContain('TKSM_JOB_ID');
  });
});
