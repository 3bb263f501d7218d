// Handlers that run in isolates of the tests beside this folder: well-behaved ones, and every sort that is not.
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import type { TaskContext, Value } from '@tksm/abstractions';

interface Work {
  readonly [key: string]: Value;
}

/** Uses most of what a context has. */
export async function all(input: Work, context: TaskContext): Promise<Value> {
  const first = await context.step('first', () => ({ twice: Number(input['n']) * 2 }));
  context.vars.set('isolated', first);
  const child = context.submit({ kind: 'child', input: 'from inside' });
  context.emit('seen', { pid: process.pid });
  context.log.log('info', 'hello from inside', { n: input['n'] });
  context.progress({ done: 1, total: 2 });
  const ref = await context.blobs.write([new TextEncoder().encode('x'.repeat(300_000))]);
  let bytes = 0;
  for await (const chunk of context.blobs.read(ref.hash)) bytes += chunk.length;
  const { value } = (await context.vars.get('isolated')) ?? {};
  return { child, bytes, value: value ?? null, attempt: context.attempt, epoch: context.job.epoch, big: 7n };
}

export function echo(input: Value): Value {
  return input;
}

/** Blocks its loop for so long. */
export function block({ ms }: { readonly ms: number }): string {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return 'unblocked';
}

/** Tells where it runs, and waits to be told to end. */
export async function wait(_input: Value, { signal, emit, step }: TaskContext): Promise<Value> {
  await step('began', () => process.pid);
  emit('waits', null);
  return await new Promise<Value>((_resolve, reject) => {
    const stay = setInterval(() => undefined, 1_000);
    signal.addEventListener('abort', () => {
      clearInterval(stay);
      reject(signal.reason as Error);
    });
  });
}

/** Starts a process of its own, and then hears nothing. */
export async function brood(_input: Value, { step }: TaskContext): Promise<never> {
  await step('began', () => spawn('sleep', ['600']).pid ?? 0);
  return await deaf();
}

/** Hears nothing. */
export async function deaf(): Promise<never> {
  return await new Promise<never>(() => {
    setInterval(() => undefined, 1_000);
  });
}

export function fail({ code }: { readonly code: string }): never {
  throw Object.assign(new Error('no'), code === '' ? {} : { name: 'KernelError', code, data: {} });
}

export function exit(): Promise<never> {
  process.exit(3);
}

/** An error that nobody catches. */
export async function crash(): Promise<never> {
  setImmediate(() => {
    throw new Error('nobody caught it');
  });
  return await deaf();
}

export function hoard(): number {
  const kept: unknown[] = [];
  for (;;) kept.push(new Array(100_000).fill(kept.length));
}

/** More than a result may be. */
export function huge(): string {
  return 'x'.repeat(1_000_000);
}

/** Writes what it likes to the channel of its process. */
export async function garbage(
  { text, times }: { readonly text: string; readonly times: number },
  { job }: TaskContext,
): Promise<never> {
  const said = text.replaceAll('$job', job.id).replaceAll('$epoch', String(job.epoch));
  for (let n = 0; n < times;) {
    try {
      writeSync(3, said);
      n += 1;
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return await deaf();
}

export const noFunction = 7;

/** Blocks its loop in the first attempt. */
export function blockOnce({ ms }: { readonly ms: number }, { attempt }: TaskContext): string {
  return attempt === 1 ? block({ ms }) : 'second';
}

/** Says a message in its process' name, past its context. `$job` and `$epoch` are its own. */
export function forge(
  { text, then }: { readonly text: string; readonly then: Value },
  { job }: TaskContext,
): Value {
  writeSync(3, `${text.replaceAll('$job', job.id).replaceAll('$epoch', String(job.epoch))}\n`);
  return then;
}

/** Answers well a while after it was told to end. */
export async function late(_input: Value, { signal }: TaskContext): Promise<string> {
  const stay = setInterval(() => undefined, 1_000);
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  clearInterval(stay);
  return 'too late';
}

/** Sleeps without a slot, then waits for a message, and tells how often it began. */
export async function rest(_input: Value, context: TaskContext): Promise<Value> {
  await context.sleep(200);
  const message = await context.waitFor({ topic: 'go' });
  return { body: message.body, epoch: context.job.epoch };
}

/** Prints, and logs, more than anybody reads. */
export function chatter(_input: Value, { log }: TaskContext): string {
  console.log('printed\nin two lines');
  console.error('complained');
  for (let n = 0; n < 50_000; n++) log.log('info', 'logged', { n });
  return 'said';
}
