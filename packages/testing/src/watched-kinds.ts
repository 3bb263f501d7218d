import type { AnyKind, BootTask, Driver, DriverEffect, JobId, TaskKind, Timers } from '@tksm/abstractions';
import { whileSpending } from './spend.ts';

/** Which attempt a handler runs for; undefined for a task of the boot. */
export interface Attempt {
  readonly job: JobId;
  readonly epoch: number;
}

/** Knows which handlers are busy: running, and not merely spending time. Time stands still for them. */
export class BusyHandlers {
  readonly #busy = new Map<object, Attempt | undefined>();

  readonly #timers: Timers;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Whether nobody is busy, of those whose attempt is `current`. One that is not, such as a suspended one, is forgotten. */
  isQuiet(current: (attempt: Attempt | undefined) => boolean): boolean {
    for (const [key, attempt] of this.#busy) {
      if (current(attempt)) return false;
      if (attempt !== undefined) this.#busy.delete(key);
    }
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
      const begin = (): void => void this.#busy.set(key, attempt);
      begin();
      whileSpending(context, { timers: this.#timers, begin: end, end: begin });
      return during(() => task.run(input, context), end);
    };
    return { ...task, run } as unknown as AnyKind;
  }

  /** The same driver, watched: what it does takes real time, however its call was made. */
  driver(driver: Driver): Driver {
    const operations = Object.entries(driver.operations).map(([name, operation]) => {
      if (operation.class !== 'effect') return [name, operation] as const;
      const effect = operation as unknown as DriverEffect;
      const run: DriverEffect['run'] = (...args) => {
        const key = {};
        this.#busy.set(key, undefined);
        return during(
          () => effect.run(...args),
          () => void this.#busy.delete(key),
        );
      };
      return [name, { ...effect, run }] as const;
    });
    return {
      ...driver,
      operations: Object.fromEntries(operations),
      close: async () => await driver.close?.(),
    };
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
