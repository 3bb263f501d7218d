import { fromStored, jobId, KernelError } from '@tksm/abstractions';
import type {
  AttemptJobs,
  AttemptVars,
  BlobStore,
  Clock,
  Command,
  JobId,
  JobView,
  Logger,
  Progress,
  Random,
  Signal,
  TaskContext,
  Value,
} from '@tksm/abstractions';
import { viewOf } from '../state/state-reader.ts';
import { unknownDependency } from '../submit/batch-order.ts';
import type { Dependency } from '../submit/batch-order.ts';
import { jobSpec, list, storedPayload } from '../submit/job-spec.ts';
import { WorldVars } from '../vars/world-vars.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptHost } from './attempt-host.ts';
import { JobIds } from './derive-id.ts';
import { Effects } from './effects.ts';

/** Longest name of a step. */
const MAX_STEP_NAME = 128;
/** Children are read in pages of this size, so that a large family does not hold up the loop. */
const CHILDREN_PAGE = 500;

/** What a handler sees. Effects wait in a buffer for the next step or the result. */
export class AttemptContext implements TaskContext {
  readonly effects = new Effects();
  readonly #host: AttemptHost;
  readonly #attempt: Attempt;
  readonly #stepNames = new Set<string>();
  #stepping: string | undefined;
  /** Of a step that left no record. Going on from there is what a later attempt could not repeat. */
  #failure: { readonly error: unknown } | undefined;
  #log: Logger | undefined;

  constructor(host: AttemptHost, attempt: Attempt) {
    this.#host = host;
    this.#attempt = attempt;
  }

  get job(): JobView {
    return viewOf(this.#attempt.job, this.#host.engine.state);
  }

  get attempt(): number {
    return this.#attempt.job.attempts + 1;
  }

  get signal(): Signal {
    return this.#attempt.signal;
  }

  get log(): Logger {
    const { id, spec } = this.#attempt.job;
    const { logger } = this.#host.ports;
    const agent = spec.agent === undefined ? {} : { agent: spec.agent };
    return (this.#log ??= logger.child({
      job: id,
      kind: spec.kind,
      attempt: this.attempt,
      span: spec.correlation ?? id,
      ...agent,
    }));
  }

  get clock(): Clock {
    return this.#host.ports.clock;
  }

  get random(): Random {
    return this.#host.ports.random;
  }

  get blobs(): BlobStore {
    return this.#host.ports.blobs;
  }

  get vars(): AttemptVars {
    const { effects } = this;
    const read = (name: string) =>
      this.#host.read(() => new WorldVars(this.#host.engine.state.world).get(name));
    return {
      async get(name) {
        const current = await read(name);
        const pending = effects.pendingVar(name, current);
        return pending === undefined ? current : (pending ?? undefined);
      },
      set(name, value, options) {
        effects.setVar(name, fromStored(storedPayload(value, name)), options);
      },
      delete(name) {
        effects.deleteVar(name);
      },
    };
  }

  get jobs(): AttemptJobs {
    const host = this.#host;
    const view = (id: JobId): JobView | undefined => {
      const job = host.engine.job(id);
      return job === undefined ? undefined : viewOf(job, host.engine.state);
    };
    return {
      get: (id) => host.read(() => view(id)),
      async *children(parent) {
        const ids = await host.read(() => host.childrenOf(parent));
        for (let start = 0; start < ids.length; start += CHILDREN_PAGE) {
          const page = ids.slice(start, start + CHILDREN_PAGE);
          yield* await host.read(() => page.flatMap((id) => view(id) ?? []));
        }
      },
    };
  }

  progress(progress: Progress): void {
    this.#host.progressed(this.#attempt, progress);
  }

  async step<T extends Value>(name: string, work: () => T | Promise<T>): Promise<T> {
    this.#checkStep(name);
    const recorded = this.#attempt.job.steps?.[this.#stepNames.size];
    this.#stepNames.add(name);
    if (recorded !== undefined) {
      if (recorded.name !== name) throw orderChanged(name, recorded.name);
      // What came before a recorded step was recorded with it.
      this.effects.clear();
      return fromStored(recorded.output) as T;
    }
    this.#stepping = name;
    try {
      const output = storedPayload(await work(), `the output of step ${name}`);
      if (this.effects.isUnchecked) await this.effects.checked();
      await this.#host.stepped(this.#attempt, name, output);
      return fromStored(output) as T;
    } catch (error) {
      this.#failure = { error };
      throw error;
    } finally {
      this.#stepping = undefined;
    }
  }

  async sleep(delayMs: number): Promise<void> {
    const { signal } = this;
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const timer = this.#host.ports.timers.after(delayMs, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      const stop = (): void => {
        timer.cancel();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  submit(command: Command): JobId {
    const { engine, submitter } = this.#host;
    const parent = this.#attempt.job.id;
    const kind = this.#host.taskOf(command);
    const prepared = submitter.prepare(kind, command);
    if (prepared instanceof Promise) this.effects.check(prepared);
    const input = prepared instanceof Promise ? storedPayload(command.input, 'the input') : prepared.input;
    const dependsOn = this.#dependencies(command);
    const correlation = command.correlation ?? this.#attempt.job.spec.correlation;
    const tied = correlation === undefined ? command : { ...command, correlation };
    const spec = jobSpec(kind, tied, input, { dependsOn, parent });
    // Inside a step and after it the count of steps is the same, and the buffer begins anew.
    const place = `${this.#stepNames.size}${this.#stepping === undefined ? '' : '/step'}`;
    const id = new JobIds(engine.state.zone, `${parent}/${place}`).at(this.effects.children);
    this.effects.submit({ id, spec });
    return id;
  }

  emit(name: string, data: Value): void {
    this.effects.emit(name, data);
  }

  /** @throws KernelError when the handler left a step open, or out */
  finish(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#stepping !== undefined) {
      throw new KernelError(
        'StepOverlapped',
        `the handler returned while step ${this.#stepping} was running`,
      );
    }
    const left = this.#attempt.job.steps?.[this.#stepNames.size];
    if (left !== undefined) throw orderChanged('the end', left.name);
  }

  /** What a child waits for: jobs that exist, or other children of this step. */
  #dependencies(command: Command): readonly JobId[] | undefined {
    if (command.dependsOn === undefined) return undefined;
    return list<Dependency>(command.dependsOn, 'dependsOn').map((dependency) => {
      if (typeof dependency !== 'string') throw unknownDependency(dependency);
      const id = jobId(dependency);
      if (this.#host.engine.job(id) === undefined && !this.effects.submits(id)) throw unknownDependency(id);
      return id;
    });
  }

  #checkStep(name: string): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (typeof name !== 'string' || name.length === 0 || name.length > MAX_STEP_NAME) {
      throw new KernelError('InvalidInput', `a step's name has 1 to ${MAX_STEP_NAME} characters`);
    }
    if (this.#stepping !== undefined) {
      throw new KernelError('StepOverlapped', `step ${name} began while step ${this.#stepping} was running`);
    }
    if (this.#stepNames.has(name)) throw new KernelError('StepRepeated', `two steps are named ${name}`);
  }
}

function orderChanged(found: string, recorded: string): KernelError {
  const message = `the handler came to ${found} where an earlier attempt recorded step ${recorded}`;
  return new KernelError('StepOrderChanged', message, { data: { found, recorded } });
}
