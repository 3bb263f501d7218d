import { KernelError } from '@tksm/abstractions';
import type { Position } from '@tksm/abstractions';
import type { Checkpoint } from '@tksm/core';

/** That a log is not, or no longer, the one that a checkpoint was signed for. */
export function rolledBack(
  { size, position }: Pick<Checkpoint, 'size' | 'position'>,
  events: Position,
): KernelError {
  const isShort = events < position;
  const message = isShort
    ? `the log ends at ${events}, and a checkpoint was signed for ${position} events: the end was cut off or the folder rolled back`
    : `the first ${position} events are not those that a checkpoint was signed for: the log was rolled back or replaced`;
  return new KernelError('LogDamaged', message, {
    data: { position: Math.min(events, position), signed: { size, position }, events },
    next: 'put back a copy that is newer than the checkpoint; what was written since then to this one is another history',
  });
}
