import { isKernelError, KernelError } from '@tksm/abstractions';

/** The error of a run; the advice of one whose jobs were submitted too long ago to be told from new ones names the flag. */
export function withAdvice(error: unknown, name: string): unknown {
  if (!isKernelError(error, 'CommandTooOld')) return error;
  const message = `${name} ran over these inputs too long ago to be resumed`;
  const next = 'add --again to run it anew; tksm job ls --retired shows what it did';
  return new KernelError('CommandTooOld', message, { data: error.data, cause: error, next });
}
