import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';

/** The folder of this sample, from its sources as from what they compile to. */
export const SAMPLE = ['..', '../..']
  .map((up) => path.resolve(import.meta.dirname, up))
  .find((folder) => existsSync(path.join(folder, 'graph.yaml'))) as string;
const PROGRAM = path.join(SAMPLE, 'node_modules/@tksm/host-cli/bin/tksm.js');

/** Kept of what a process writes, in bytes. */
const MAX_KEPT = 268_435_456;

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
}

/** A process that was started, and its end. */
export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `tksm` with the Node.js that runs this. */
export function startTksm(args: readonly string[]): Started {
  return start(process.execPath, [PROGRAM, ...args], process.cwd());
}

export async function tksm(...args: readonly string[]): Promise<Ended> {
  return await startTksm(args).ended;
}

/** Runs a program in a folder. */
export async function run(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  return await start(program, args, cwd).ended;
}

function start(program: string, args: readonly string[], cwd: string): Started {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd });
  const stdout = kept(child.stdout);
  const stderr = kept(child.stderr);
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    const stdoutBytes = Buffer.concat(stdout);
    return {
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: stdoutBytes.toString('utf8'),
      stdoutBytes,
      stderr: Buffer.concat(stderr).toString('utf8'),
    };
  });
  return { process: child, ended };
}

function kept(stream: Readable): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_KEPT) chunks.push(chunk);
  });
  return chunks;
}
