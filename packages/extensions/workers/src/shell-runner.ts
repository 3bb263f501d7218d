import { KernelError } from '@tksm/abstractions';
import type { TaskContext, Timers } from '@tksm/abstractions';
import { childEnvironment } from './child-environment.ts';
import type { Environment } from './child-environment.ts';
import { endLeftovers } from './leftovers.ts';
import { LiveGroups } from './live-groups.ts';
import { findProgram, parentDeathPrefix } from './parent-death.ts';
import { startGroup } from './process-group.ts';
import type { GroupTimes, ProcessGroup, ProcessPlan } from './process-group.ts';
import { SHELL_LIMITS } from './shell-input.ts';
import type { ShellInput } from './shell-input.ts';
import { outcomeOf } from './shell-outcome.ts';
import type { EndedCommand, ShellOutput } from './shell-outcome.ts';
import { captureStream } from './stream-capture.ts';

export interface ShellOptions {
  readonly timers: Timers;
  /** Where PATH, HOME and LANG are taken from; nothing else is read. */
  readonly environment: Environment;
  /** `kill`: a command dies with the kernel's process, where Linux' `setpriv` is there. Default `ignore`. */
  readonly parentDeath?: 'kill' | 'ignore' | undefined;
  /** Default: 5 s from SIGTERM to SIGKILL, 2 s for output that stays open. */
  readonly times?: Partial<GroupTimes> | undefined;
}

const DEFAULT_TIMES: GroupTimes = Object.freeze({ killGraceMs: 5_000, lingerMs: 2_000 });

/** Runs commands. Guarantees: `run` settles only when the command's group has ended, however it settles. */
export class ShellRunner {
  readonly #options: ShellOptions;
  readonly #times: GroupTimes;
  readonly #live = new LiveGroups();
  #deathPrefix: Promise<readonly string[] | undefined> | undefined;

  constructor(options: ShellOptions) {
    this.#options = options;
    this.#times = { ...DEFAULT_TIMES, ...options.times };
  }

  async run(input: ShellInput, context: TaskContext): Promise<ShellOutput> {
    const started = context.clock.monotonic();
    // The kernel may have died under an earlier attempt, and two of one job must not run side by side.
    if (context.job.epoch > 1) await this.#endLeftovers(context);
    const env = childEnvironment(input.env, context, this.#options.environment);
    const plan = await this.#plan(input, env, context);
    context.signal.throwIfAborted();
    const group = await startGroup(plan, this.#options.timers, this.#times);
    this.#live.add(group);
    const ended = await this.#attend(group, input, context);
    if (ended.end.forsaken) await this.#endLeftovers(context);
    context.signal.throwIfAborted();
    return outcomeOf(ended, input, Math.round(context.clock.monotonic() - started));
  }

  /** Reads what a group writes, and ends it on abort, on its timeout or when its output cannot be stored. */
  async #attend(
    group: ProcessGroup,
    input: ShellInput,
    { signal, blobs, secrets }: TaskContext,
  ): Promise<EndedCommand> {
    const options = {
      limit: input.maxOutputBytes ?? SHELL_LIMITS.maxOutputBytes,
      secrets,
      blobs: input.captureTo === 'blob' ? blobs : undefined,
      forsaken: () => group.forsaken,
    };
    const stdout = captureStream(group.stdout, options);
    const stderr = captureStream(group.stderr, options);
    const stored = Promise.all([stdout.done, stderr.done]);
    stored.catch(() => group.end());
    let timedOut = false;
    const timer =
      input.timeoutMs === undefined
        ? undefined
        : this.#options.timers.after(input.timeoutMs, () => {
            timedOut = true;
            group.end();
          });
    const end = (): void => group.end();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    try {
      const ended = await group.ended;
      const [stdoutBlob, stderrBlob] = await stored;
      return { end: ended, timedOut, stdout: stdout.output, stderr: stderr.output, stdoutBlob, stderrBlob };
    } finally {
      timer?.cancel();
      signal.removeEventListener('abort', end);
    }
  }

  async #plan(input: ShellInput, env: ProcessPlan['env'], { log }: TaskContext): Promise<ProcessPlan> {
    const argv = input.argv ?? ['/bin/sh', '-c', input.shell];
    const [program, ...args] = argv;
    if (program === undefined) throw new KernelError('InvalidInput', 'argv must name a program');
    const plan: ProcessPlan = { argv: [program, ...args], cwd: input.cwd, env, stdin: input.stdin };
    if (this.#options.parentDeath !== 'kill') return plan;
    this.#deathPrefix ??= parentDeathPrefix(this.#options.environment['PATH']);
    const [first, ...rest] = (await this.#deathPrefix) ?? [];
    if (first === undefined) {
      log.log('warn', 'setpriv is missing: commands would outlive a kernel that is killed');
      return plan;
    }
    // Behind setpriv a missing program would look like a failed one.
    if ((await findProgram(program, env['PATH'], input.cwd)) === undefined) return plan;
    return { ...plan, argv: [first, ...rest, ...argv] };
  }

  async #endLeftovers({ job, log }: TaskContext): Promise<void> {
    const ended = await endLeftovers(job.id);
    if (ended > 0) log.log('warn', 'ended processes that an earlier attempt had left', { ended });
  }
}
