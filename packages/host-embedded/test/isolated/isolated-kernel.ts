import { readFileSync } from 'node:fs';
import type { JobId, KernelEvent } from '@tksm/abstractions';
import { createKernel, defineKind, isolatedKind } from '@tksm/host-embedded';
import type { EmbeddedOptions, IsolatedDefinition, Kernel } from '@tksm/host-embedded';

export const HANDLERS = new URL('./handlers.ts', import.meta.url);

const child = defineKind({ name: 'child', run: (input) => input as string });

/** A kind by the name of its handler. */
export function isolated(
  handler: string,
  more: Partial<IsolatedDefinition> = {},
): ReturnType<typeof isolatedKind> {
  const defaults = { module: HANDLERS, in: 'process' as const, concurrency: 1, retry: { maxAttempts: 1 } };
  return isolatedKind({ name: handler, handler, ...defaults, ...more });
}

/** A kernel for the time of a test. */
export async function withIsolated(
  kinds: readonly ReturnType<typeof isolatedKind>[],
  body: (kernel: Kernel) => Promise<void>,
  options: EmbeddedOptions = {},
): Promise<void> {
  const kernel = await createKernel({ ...options, kinds: [child, ...kinds] });
  try {
    await body(kernel);
  } finally {
    await kernel.stop();
  }
}

/** Everything that happened to a job so far. */
export async function eventsOf(kernel: Kernel, job: JobId): Promise<KernelEvent[]> {
  const found: KernelEvent[] = [];
  const { position } = kernel.log.head;
  for await (const { event, position: at } of kernel.events({ from: 0 })) {
    if ('job' in event && event.job === job) found.push(event);
    if (at >= position - 1) break;
  }
  return found;
}

export async function storyOf(kernel: Kernel, job: JobId): Promise<string[]> {
  return (await eventsOf(kernel, job)).map(({ type }) => type.replace('job.', ''));
}

/** Waits until something has happened to a job; gives the event. */
export async function until<T extends KernelEvent['type']>(
  kernel: Kernel,
  job: JobId,
  type: T,
  epoch = 1,
): Promise<Extract<KernelEvent, { readonly type: T }>> {
  for await (const { event } of kernel.events({ from: 0 })) {
    if (event.type !== type || !('job' in event) || event.job !== job) continue;
    if (!('epoch' in event) || event.epoch === epoch) return event as Extract<KernelEvent, { type: T }>;
  }
  throw new Error('the kernel has stopped');
}

/** The number of the process that runs a job. */
export function pidOf({ worker }: { readonly worker: string }): number {
  return Number(/^process (\d+)$/.exec(worker)?.[1]);
}

/** Whether a process is there, as a zombie too. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until a process is gone that nobody here has started. */
export async function gone(pid: number): Promise<void> {
  while (exists(pid)) await new Promise((resolve) => setImmediate(resolve));
}

/** The processes below this one that run isolates. */
export function isolatesBelow(parent: number): number[] {
  try {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim();
    return children.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
