import { KernelError } from '@tksm/abstractions';
import type { TaskContext, Value } from '@tksm/abstractions';
import type { HandlerPlace } from './thread-plan.ts';

export type Handler = (input: Value, context: TaskContext) => unknown;

/** The function that a module exports. @throws KernelError `WorkerUnusable` */
export async function loadHandler({ module, handler }: Omit<HandlerPlace, 'stallMs'>): Promise<Handler> {
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = (await import(module)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const message = `${module} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new KernelError('WorkerUnusable', message, { data: { module } });
  }
  const found = loaded[handler];
  if (typeof found === 'function') return found as Handler;
  throw new KernelError('WorkerUnusable', `${module} exports no function ${handler}`, {
    data: { module, handler },
  });
}
