import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { isUtf8 } from 'node:buffer';
import { access } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { KernelError } from '@tksm/abstractions';
import type { Signal } from '@tksm/abstractions';
import { errnoOf, fileError, fileProblem } from './file-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Kept of what git says when it fails, in characters. */
const MAX_COMPLAINT = 500;

/**
 * Paths that git tracks below a folder, relative to it, in the order of their bytes; some may not exist. The
 * repository's own hooks and monitors are not run.
 *
 * @throws KernelError `FileNotFound`, `ProcessNotStarted` without git, `ProcessRejected` for a folder that git refuses
 */
export async function* trackedFiles(
  folder: Buffer,
  environment: Environment,
  signal: Signal,
): AsyncGenerator<Buffer, void> {
  if (!isUtf8(folder)) throw fileProblem('InvalidInput', folder, 'git needs a folder whose path is UTF-8');
  await access(folder).catch((error: unknown) => {
    throw fileError(error, folder, 'look into');
  });
  const { PATH, HOME } = environment;
  const child = spawn('git', ['-c', 'core.fsmonitor=false', 'ls-files', '-z', '--cached'], {
    cwd: folder.toString(),
    env: { ...(PATH === undefined ? {} : { PATH }), ...(HOME === undefined ? {} : { HOME }), LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, MAX_COMPLAINT);
  });
  const end = endOf(child);
  // Awaited below; the output may break off first.
  end.catch(() => undefined);
  const stop = (): void => void child.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    yield* splitAtNul(child.stdout);
    const exitCode = await end;
    signal.throwIfAborted();
    if (exitCode === 0) return;
    throw fileProblem('ProcessRejected', folder, `git ls-files failed in ${folder}: ${complaint.trim()}`);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** The exit code, or null after a signal. */
async function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', (error) => {
      const errno = errnoOf(error);
      reject(new KernelError('ProcessNotStarted', `git could not be started: ${errno}`, { data: { errno } }));
    });
  });
}

async function* splitAtNul(stream: Readable): AsyncGenerator<Buffer, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    let bytes = Buffer.concat([rest, chunk as Buffer]);
    for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0)) {
      yield bytes.subarray(0, at);
      bytes = bytes.subarray(at + 1);
    }
    rest = bytes;
  }
}
