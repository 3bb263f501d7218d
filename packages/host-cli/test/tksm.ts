import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'vitest';

/** The binary, as users start it. */
export const BINARY = path.resolve(import.meta.dirname, '../bin/tksm.js');

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once a text was written to stderr. */
  said(text: string): Promise<void>;
}

interface StartOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Words before the command. */
  readonly under?: readonly string[];
}

export type OnTestFinished = TestContext['onTestFinished'];

/** Processes wait for each other's slots on a busy machine: together they need less time than one by one. */
export const E2E = Object.freeze({ concurrent: true, timeout: 60_000 });

/** A folder for one test, with a data folder in it that no command has written yet. */
export class Place {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'tksm-cli-'));
  readonly data = path.join(this.folder, 'data');
  readonly #running = new Set<ChildProcess>();
  #gates = 0;

  constructor(onTestFinished: OnTestFinished) {
    onTestFinished(() => {
      for (const child of this.#running) child.kill('SIGKILL');
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** Starts a command here, `under` another program if wanted. */
  start(args: readonly string[], { under = [], ...options }: StartOptions = {}): Running {
    return this.#spawn([...under, process.execPath, BINARY, ...args], options);
  }

  /** Starts a program of this folder here. */
  startScript(name: string, ...args: readonly string[]): Running {
    return this.#spawn([process.execPath, path.join(import.meta.dirname, name), ...args]);
  }

  /** The process has no environment but what a test gives it. */
  #spawn([program = '', ...args]: readonly string[], { input = '', env = {} }: StartOptions = {}): Running {
    const { PATH = '', NODE_COMPILE_CACHE } = process.env;
    const child = spawn(program, args, {
      cwd: this.folder,
      env: {
        ...{ PATH, HOME: this.folder, TKSM_DATA_DIR: this.data, TKSM_DRAIN_GRACE_MS: '0', ...env },
        ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }),
      },
    });
    this.#running.add(child);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined).end(input);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        this.#running.delete(child);
        resolve({ code, signal, stdout, stderr });
      });
    });
    const said = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (stderr.includes(text)) resolve();
        };
        child.stderr.on('data', look);
        look();
      });
    return { child, ended, said };
  }

  /** Runs a command to its end. */
  tksm(...args: readonly string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** Runs a command that must succeed, and reads its one document. */
  async json(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await this.tksm(...args, '--json');
    if (code !== 0) throw new Error(`tksm ${args.join(' ')} exited with ${code}: ${stderr}`);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  file(name: string, text: string): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), 'utf8');
  }

  /** A named pipe: `passed` resolves when somebody writes to it. */
  gate(): { readonly file: string; passed(): Promise<string> } {
    const file = path.join(this.folder, `gate-${this.#gates++}`);
    // By the shell: tools of the system are no dependencies.
    execFileSync('sh', ['-c', 'mkfifo "$0"', file]);
    return { file, passed: () => readFile(file, 'utf8') };
  }
}

/** Input of the kind `shell` for a script. */
export function shellInput(script: string): string {
  return JSON.stringify({ argv: ['sh', '-c', script] });
}

/** The error that a command wrote with `--json`. */
export function errorOf({ stderr }: Ended): Record<string, unknown> {
  const line = stderr.trimEnd().split('\n').at(-1) ?? '';
  return (JSON.parse(line) as { error: Record<string, unknown> }).error;
}
