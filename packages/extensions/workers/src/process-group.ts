import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { KernelError } from '@tksm/abstractions';
import type { Cancellation, Timers } from '@tksm/abstractions';

export interface ProcessPlan {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string | Uint8Array | undefined;
}

/** Times of a group's end, in ms. */
export interface GroupTimes {
  /** From SIGTERM to SIGKILL. */
  readonly killGraceMs: number;
  /** How long the output may stay open after the leader has exited, and after SIGKILL. */
  readonly lingerMs: number;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The output was still held open by a process outside the group, and was given up. */
  readonly forsaken: boolean;
}

type Child = ChildProcess & { readonly pid: number; readonly stdout: Readable; readonly stderr: Readable };

/**
 * A child process and all it starts, in a process group of its own. Guarantees: when `ended` settles the leader has
 * exited, its output has been read or given up, and what was left of the group has been sent SIGKILL; after `end()` it
 * settles within `killGraceMs + lingerMs`. A process that leaves the group (setsid) is out of reach.
 */
export class ProcessGroup {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Needs both streams to be read. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: Child;
  readonly #timers: Timers;
  readonly #times: GroupTimes;
  #timer: Cancellation | undefined;
  #ending = false;
  #forsaken = false;

  constructor(child: Child, timers: Timers, times: GroupTimes) {
    this.#child = child;
    this.#timers = timers;
    this.#times = times;
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    child.once('exit', () => {
      if (!this.#ending) this.#after(times.lingerMs, () => this.end());
    });
    this.ended = new Promise((resolve) => {
      child.once('close', (exitCode, signal) => {
        this.#timer?.cancel();
        this.kill();
        resolve({ exitCode, signal, forsaken: this.#forsaken });
      });
    });
  }

  get forsaken(): boolean {
    return this.#forsaken;
  }

  /** SIGTERM now, SIGKILL after the grace. Idempotent. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#signal('SIGTERM');
    this.#after(this.#times.killGraceMs, () => {
      this.kill();
      this.#after(this.#times.lingerMs, () => {
        this.#forsaken = true;
        this.stdout.destroy();
        this.stderr.destroy();
      });
    });
  }

  /** SIGKILL now. */
  kill(): void {
    this.#ending = true;
    this.#signal('SIGKILL');
  }

  #after(delayMs: number, call: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#timers.after(delayMs, call);
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // Nobody is left in the group, or they now belong to another user.
    }
  }
}

const EXHAUSTED = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

/**
 * Starts a command as the leader of a new process group.
 *
 * @throws KernelError `ProcessNotStarted`, `ResourcesExhausted`
 */
export async function startGroup(
  plan: ProcessPlan,
  timers: Timers,
  times: GroupTimes,
): Promise<ProcessGroup> {
  const [program, ...args] = plan.argv;
  try {
    const child = spawn(program, args, {
      cwd: plan.cwd,
      env: plan.env,
      detached: true,
      stdio: [plan.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.on('error', () => undefined);
    // A command need not read what it is given.
    child.stdin?.on('error', () => undefined).end(plan.stdin);
    return new ProcessGroup(child as Child, timers, times);
  } catch (error) {
    throw notStarted(error, plan);
  }
}

function notStarted(error: unknown, { argv: [program], cwd }: ProcessPlan): KernelError {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const code = EXHAUSTED.has(errno) ? 'ResourcesExhausted' : 'ProcessNotStarted';
  const place = cwd === undefined ? '' : ` in ${cwd}`;
  return new KernelError(code, `${program} could not be started${place}: ${errno}`, {
    data: { program, errno, ...(cwd === undefined ? {} : { cwd }) },
  });
}
