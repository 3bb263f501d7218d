import type { MessageFilter } from '@tksm/abstractions';
import { printable } from '../terminal/text-width.ts';

/** Which messages are meant, or what one is. */
export function filterText({ topic, from }: MessageFilter): string {
  const parts = [
    topic === undefined ? 'any message' : `message ${topic}`,
    from === undefined ? undefined : `from ${from}`,
  ];
  return printable(parts.filter((part) => part !== undefined).join(' '));
}
