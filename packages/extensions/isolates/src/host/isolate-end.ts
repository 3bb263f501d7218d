import { KernelError } from '@tksm/abstractions';

/** The end of an isolate that is nobody's fault here: the process died, or is not to be heard. */
export function lost(label: string, why: string): KernelError {
  return new KernelError('WorkerLost', `${label} was lost: ${why}`, { data: { worker: label } });
}

/** The end of an isolate by its handler: an error that nobody caught, no memory left, an exit. */
export function crashed(label: string, why: string, outOfMemory: boolean): KernelError {
  const data = { worker: label };
  if (outOfMemory) {
    const next = 'raise heapMb, or let the handler hold less at a time';
    return new KernelError('ResourcesExhausted', `the handler used up the memory of ${label}`, {
      data,
      next,
    });
  }
  return new KernelError('HandlerFailed', `the handler ended ${label}: ${why}`, { data });
}
