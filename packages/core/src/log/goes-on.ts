import { KernelError } from '@tksm/abstractions';
import type { LogHead, LogReader } from '@tksm/abstractions';

/**
 * Whether a log has a frame that ends here, as far as what follows it tells: it may itself be archived.
 *
 * @throws KernelError `EventArchived` when what follows it is archived too; `LogDamaged`
 */
export async function goesOnFrom(
  log: LogReader,
  { position, hash }: Pick<LogHead, 'position' | 'hash'>,
): Promise<boolean> {
  const head = await log.head();
  if (position >= head.position) return position === head.position && hash === head.hash;
  for await (const frame of log.read({ from: position })) {
    return frame.position === position && frame.previousHash === hash;
  }
  return false;
}

/** That something cannot be done without the archive. */
export function archiveNeeded(cause: KernelError, why: string): KernelError {
  const { first } = cause.data;
  const message = `the log begins at event ${String(first)}: ${why}`;
  return new KernelError('EventArchived', message, { cause, data: cause.data });
}
