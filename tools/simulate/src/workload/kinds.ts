import { KernelError } from '@tksm/abstractions';
import type { AnyKind, TaskContext, Timers, Value } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { remoteKind } from './remote-kind.ts';

/** Told before a handler or the work of a step runs. */
export interface RunWatch {
  started(context: TaskContext): void;
  stepping(context: TaskContext, step: string): void;
  /** Told when a handler comes back with a result. */
  returned(context: TaskContext): void;
  /** A fault happened to a worker, or to what it said. */
  met(fault: string): void;
}

interface Children {
  readonly kind: string;
  readonly inputs: readonly Value[];
}

/** Kinds that succeed, fail, throw, wait, hang and disobey. */
export function simulatedKinds(watch: RunWatch, timers: Timers): readonly AnyKind[] {
  const task = <Input>(
    name: string,
    run: (input: Input, context: TaskContext) => unknown,
    options: { readonly timeoutMs?: number; readonly childPolicy?: 'await' } = {},
  ): AnyKind =>
    defineKind<Input, Value>({
      name,
      ...options,
      run: (input, context) => {
        watch.started(context);
        const output = run(input, context);
        if (output instanceof Promise) {
          return output.then((value: Value) => {
            watch.returned(context);
            return value;
          });
        }
        watch.returned(context);
        return output as Value;
      },
    }) as unknown as AnyKind;
  const spawn = ({ kind, inputs }: Children, context: TaskContext): Value =>
    inputs.map((input) => context.submit({ kind, input }));
  return [
    task('echo', (input: Value) => input),
    task('nap', ({ ms }: { ms: number }, context) => context.sleep(ms).then(() => 'rested')),
    task('waiter', waiting),
    task('flaky', ({ times, again }: { times: number; again?: number }, { attempt }) => {
      if (attempt > times) return attempt;
      const asks = again === undefined ? {} : { retryAfterMs: again };
      throw Object.assign(new Error(`attempt ${attempt} fails`), asks);
    }),
    task('broken', () => {
      throw new KernelError('ProcessRejected', 'never works');
    }),
    task('thrower', () => Promise.reject({ not: 'an error' } as unknown as Error)),
    task('stuck', () => new Promise(() => undefined)),
    task('polite', (_input, { signal }) => rejectedBy(signal)),
    task('deaf', (_input, context) => deaf(context)),
    task('writer', ({ name, value, fails }: { name: string; value: Value; fails: boolean }, context) => {
      context.vars.set(name, value);
      context.emit('written', { name });
      if (fails) throw new KernelError('ProcessRejected', 'after the write');
      return null;
    }),
    task('steps', (input: Stepping, context) => stepping(input, context, watch)),
    task('parent', spawn, { childPolicy: 'await' }),
    task('leaver', spawn),
    remoteKind(watch, timers),
  ];
}

interface Stepping {
  readonly count: number;
  readonly failAt: number;
  readonly ms: number;
}

async function stepping(
  { count, failAt, ms }: Stepping,
  context: TaskContext,
  watch: RunWatch,
): Promise<number> {
  for (let step = 0; step < count; step++) {
    await context.step(`s${step}`, () => {
      watch.stepping(context, `s${step}`);
      context.vars.set('stepped', step);
      if (step === failAt && context.attempt === 1) throw new Error('this step fails once');
      return step;
    });
    context.progress({ done: step, total: count });
    await context.sleep(ms);
  }
  return count;
}

interface Waiting {
  readonly topic: string;
  readonly count: number;
  readonly ms: number;
}

/** Waits for messages, one after another, and passes what it read on to itself. */
async function waiting({ topic, count, ms }: Waiting, context: TaskContext): Promise<number> {
  let read = 0;
  for (let n = 0; n < count; n++) {
    const message = await context.waitFor(n % 2 === 0 ? { topic } : {}, { timeoutMs: ms });
    if (message === undefined) context.inbox.send(context.job.id, n, { topic: 'echo' });
    else read += 1;
  }
  return read;
}

function rejectedBy(signal: TaskContext['signal']): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

/** Comes back late, whatever it is told. */
async function deaf({ signal }: TaskContext): Promise<string> {
  await rejectedBy(signal).catch(() => undefined);
  return 'late';
}
