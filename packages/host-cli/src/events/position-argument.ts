import { KernelError } from '@tksm/abstractions';
import type { Position } from '@tksm/abstractions';

/** A position as it is typed. @throws KernelError `UsageError` */
export function positionArgument(text: string): Position {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new KernelError('UsageError', `a position is a whole number from 0, not ${JSON.stringify(text)}`);
}
