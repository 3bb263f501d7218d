import type { TokenContents } from '@tksm/abstractions';
import type { Invocation } from '../program/invocation.ts';

/** Says which token was written where, without a word of it. */
export function sayWritten({ output }: Invocation, file: string, { zone, blocks }: TokenContents): void {
  const revocationId = blocks.at(-1)?.revocationId ?? '';
  if (output.settings.json) output.document({ file, zone, revocationId });
  else output.notice(`a token of zone ${zone} written to ${file}`);
}
