import { KernelError } from '@tksm/abstractions';

/** What a client says once its connection has ended. */
export function serverGone(cause?: unknown): KernelError {
  return new KernelError('Unreachable', 'the process that ran the folder has gone', {
    cause,
    next: 'connect to who runs the folder now, or open it',
  });
}
