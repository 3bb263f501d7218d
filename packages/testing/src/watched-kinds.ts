import type { AnyKind, BootTask, JobId, TaskContext, TaskKind } from '@tksm/abstractions';

/** Which attempt a handler runs for; undefined for a task of the boot. */
export interface Attempt {
  readonly job: JobId;
  readonly epoch: number;
}

/** Knows which handlers are busy: running, and not merely asleep. Time stands still for the others alone. */
export class BusyHandlers {
  readonly #busy = new Map<object, Attempt | undefined>();

  /** Whether nobody is busy, of those whose attempt is `current`. */
  isQuiet(current: (attempt: Attempt | undefined) => boolean): boolean {
    for (const attempt of this.#busy.values()) if (current(attempt)) return false;
    return true;
  }

  /** The same kind, watched. */
  kind(kind: AnyKind): AnyKind {
    if (kind.class !== 'task') return kind;
    const task = kind as unknown as TaskKind;
    const run: TaskKind['run'] = (input, context) => {
      const key = {};
      const attempt: Attempt = { job: context.job.id, epoch: context.job.epoch };
      const end = (): void => void this.#busy.delete(key);
      const sleep = async (delayMs: number): Promise<void> => {
        end();
        try {
          await context.sleep(delayMs);
        } finally {
          this.#busy.set(key, attempt);
        }
      };
      this.#busy.set(key, attempt);
      return during(() => task.run(input, withSleep(context, sleep)), end);
    };
    return { ...task, run } as unknown as AnyKind;
  }

  /** The same task of the boot, watched. */
  bootTask(task: BootTask): BootTask {
    const key = {};
    const end = (): void => void this.#busy.delete(key);
    return {
      ...task,
      run: (context) => {
        this.#busy.set(key, undefined);
        return during(() => task.run(context), end);
      },
    };
  }
}

/** Runs what may answer at once or with a promise, and hears of its end. */
function during<T>(run: () => T, end: () => void): T {
  let result: T;
  try {
    result = run();
  } catch (error) {
    end();
    throw error;
  }
  if (result instanceof Promise) void result.then(end, end);
  else end();
  return result;
}

/** The same context with another `sleep`. Its members live in private fields, so calls go to the original. */
function withSleep(context: TaskContext, sleep: TaskContext['sleep']): TaskContext {
  const proxy: TaskContext = new Proxy(context, {
    get(target, key) {
      const member: unknown = key === 'sleep' ? sleep : Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      // Called without its context it fails, as it does outside a test.
      return function (this: unknown, ...args: unknown[]): unknown {
        return Reflect.apply(member, this === proxy ? target : this, args);
      };
    },
  });
  return proxy;
}
