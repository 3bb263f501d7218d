import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { KernelError, kindName } from '@tksm/abstractions';
import type { Clock, StandardSchema, TaskKind, Timers, Value } from '@tksm/abstractions';
import { GIVEN_UP, Isolate } from './host/isolate.ts';
import type { IsolatePlan, StartLink } from './host/isolate-link.ts';
import { IsolatePool } from './host/isolate-pool.ts';
import { startProcess } from './host/process-link.ts';
import { startThread } from './host/thread-link.ts';

/** What a kind's author may leave out, and its bounds. Times in ms. */
export const ISOLATE_DEFAULTS = Object.freeze({
  handler: 'run',
  stallMs: 30_000,
  leaseMs: 5_000,
  abortGraceMs: 1_000,
  startMs: 30_000,
  maxRuns: 1_000,
});

/** All that an isolate is given of the kernel's own environment. */
const INHERITED_VARIABLES = ['PATH', 'HOME', 'LANG'] as const;

/** A kind whose handler runs in a thread or a process of its own. */
export interface IsolatedDefinition<
  Input = unknown,
  Output extends Value | undefined = Value | undefined,
> extends Omit<TaskKind<Input, Output>, 'class' | 'name' | 'input' | 'run' | 'close' | 'isolated'> {
  readonly name: string;
  readonly input?: StandardSchema<unknown, Input>;
  /** File of the handler's module: a `file:` URL, as `new URL('./resize.js', import.meta.url)`. */
  readonly module: URL;
  /** Name of the function that it exports. Default `run`. */
  readonly handler?: string;
  /** A process dies alone, and can always be killed; a thread starts faster, and shares the kernel's memory and fate. */
  readonly in: 'thread' | 'process';
  /** Jobs side by side, each in an isolate of its own. Default: as many as the machine has processors. */
  readonly concurrency?: number;
  /** How long the handler may block its own loop before it is killed. Default 30 s. */
  readonly stallMs?: number;
  /** How long a process may not be heard before it counts as lost. Default 5 s. */
  readonly leaseMs?: number;
  /** From an abort (cancel, timeout, drain) to the kill. Default 1 s. */
  readonly abortGraceMs?: number;
  /** Longest time until the module is loaded. Default 30 s. */
  readonly startMs?: number;
  /** Runs after which an isolate is replaced. Default 1,000. */
  readonly maxRuns?: number;
  /** Most memory of the handler's heap, in MiB. Default: Node's. */
  readonly heapMb?: number;
  /** Variables that the handler sees, besides PATH, HOME and LANG. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What an isolated kind touches. */
export interface IsolatePorts {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Where PATH, HOME and LANG are taken from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Makes a kind whose handler runs isolated: what blocks, leaks or crashes there does so alone.
 *
 * A job fails with `HandlerStalled` (its loop was blocked for `stallMs`), `WorkerMisbehaved`, `WorkerUnusable` (no such
 * module or handler), `ProtocolMismatch`, `ResourcesExhausted`; a lost process is an interruption, and the job runs anew.
 *
 * @throws KernelError `InvalidInput` for a bad name, `InvalidSpec` for a module that is not there or a bad bound
 */
export function isolatedKind<Input = unknown, Output extends Value | undefined = Value | undefined>(
  definition: IsolatedDefinition<Input, Output>,
  ports: IsolatePorts,
): TaskKind<Input, Output> {
  const { name, module, handler, in: place, maxRuns, env, ...rest } = definition;
  const {
    stallMs,
    leaseMs,
    abortGraceMs,
    startMs,
    heapMb,
    concurrency = availableParallelism(),
    ...given
  } = rest;
  checkModule(module);
  checkBounds({ concurrency, maxRuns, stallMs, leaseMs, abortGraceMs, startMs, heapMb });
  const plan: IsolatePlan = {
    module: module.href,
    handler: handler ?? ISOLATE_DEFAULTS.handler,
    stallMs: stallMs ?? ISOLATE_DEFAULTS.stallMs,
    leaseMs: leaseMs ?? ISOLATE_DEFAULTS.leaseMs,
    ...{ heapMb, timers: ports.timers, env: { ...inherited(ports.environment), ...env } },
  };
  const times = {
    startMs: startMs ?? ISOLATE_DEFAULTS.startMs,
    abortGraceMs: abortGraceMs ?? ISOLATE_DEFAULTS.abortGraceMs,
  };
  const start: StartLink = place === 'process' ? startProcess : startThread;
  const limits = { size: concurrency, maxRuns: maxRuns ?? ISOLATE_DEFAULTS.maxRuns };
  const pool = new IsolatePool(() => new Isolate(start, plan, times, () => ports.clock.monotonic()), limits);
  const run: TaskKind['run'] = async (input, context) => {
    const isolate = await pool.acquire(context.signal);
    try {
      context.lease.assign(isolate.label);
      return await isolate.run(input, context);
    } catch (error) {
      // As in the kernel: what comes after a wait never comes, and the next attempt begins anew.
      if (error === GIVEN_UP) return new Promise<never>(() => undefined);
      throw error;
    } finally {
      pool.release(isolate);
    }
  };
  return Object.freeze({
    ...given,
    ...{ class: 'task' as const, name: kindName(name), concurrency, isolated: true as const },
    run: run as TaskKind<Input, Output>['run'],
    close: () => pool.close(),
  });
}

function checkModule(module: URL): void {
  if (!(module instanceof URL) || module.protocol !== 'file:') {
    throw invalid('module', "is a file: URL, as new URL('./handler.js', import.meta.url)");
  }
  if (!existsSync(fileURLToPath(module))) throw invalid('module', `is not there: ${module.href}`);
}

function checkBounds(bounds: Readonly<Record<string, number | undefined>>): void {
  for (const [field, value] of Object.entries(bounds)) {
    if (value === undefined || (Number.isSafeInteger(value) && value > 0)) continue;
    throw invalid(field, 'is a whole number above 0');
  }
}

function invalid(field: string, rule: string): KernelError {
  return new KernelError('InvalidSpec', `${field} ${rule}`, { data: { field } });
}

function inherited(environment: IsolatePorts['environment']): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of INHERITED_VARIABLES) {
    const value = environment[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
