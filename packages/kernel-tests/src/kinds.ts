import { KernelError } from '@tksm/abstractions';
import type { JobId, Value } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { spend } from '@tksm/testing';

/** Gives its input back. */
export const echo = defineKind<Value, Value>({ name: 'echo', run: (input) => input });

/** Holds its slot for a while, then gives a word back. */
export const nap = defineKind<{ readonly ms: number }, string>({
  name: 'nap',
  timeoutMs: 86_400_000,
  run: async ({ ms }, context) => {
    await spend(context, ms);
    return 'rested';
  },
});

/** Waits without a slot: for a time, then for a message, but not for ever. */
export const waiter = defineKind<{ readonly ms: number; readonly topic: string }, Value>({
  name: 'waiter',
  run: async ({ ms, topic }, context) => {
    context.emit('waits', topic);
    await context.sleep(ms);
    const message = await context.waitFor({ topic }, { timeoutMs: 10_000 });
    return message?.body ?? null;
  },
});

/** Fails the first `times` attempts that count. */
export const flaky = defineKind<{ readonly times: number }, number>({
  name: 'flaky',
  run: ({ times }, { attempt }) => {
    if (attempt <= times) throw new Error(`attempt ${attempt} fails`);
    return attempt;
  },
});

/** Fails for good. */
export const broken = defineKind({
  name: 'broken',
  run: () => {
    throw new KernelError('ProcessRejected', 'never works');
  },
});

/** Is handed to workers, of which the first `losses` are lost and the next says nothing for too long. */
export const handed = defineKind<{ readonly losses: number }, number>({
  name: 'handed',
  concurrency: 2,
  heartbeatMs: 1_000,
  run: async ({ losses }, { lease, job, attempt, heartbeat }) => {
    lease.assign(`process ${lease.epoch}`);
    if ((job.workersLost ?? 0) < losses) throw new KernelError('WorkerLost', 'it was killed');
    heartbeat();
    lease.reject('succeeded', lease.epoch + 1);
    if (attempt === 1) await new Promise<never>(() => undefined);
    return lease.epoch;
  },
});

/** Never ends, whatever it is told. */
export const stuck = defineKind({ name: 'stuck', run: () => new Promise<never>(() => undefined) });

/** Ends when it is told to. */
export const polite = defineKind({
  name: 'polite',
  timeoutMs: 86_400_000,
  run: (_input, { signal }) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    }),
});

/** Writes a variable, emits a fact, then succeeds or fails. */
export const writer = defineKind<
  { readonly name: string; readonly value: Value; readonly fails?: boolean },
  null
>({
  name: 'writer',
  run: ({ name, value, fails }, context) => {
    context.vars.set(name, value);
    context.emit('written', { name });
    if (fails === true) throw new KernelError('ProcessRejected', 'after the write');
    return null;
  },
});

/** Submits children of another kind and waits for them, or not. */
export const parent = defineKind<
  { readonly kind: string; readonly inputs: readonly Value[] },
  readonly JobId[]
>({
  name: 'parent',
  childPolicy: 'await',
  run: ({ kind, inputs }, context) => inputs.map((input) => context.submit({ kind, input })),
});
