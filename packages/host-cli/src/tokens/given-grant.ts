import { KernelError } from '@tksm/abstractions';
import type { CapabilityGrant, Caveats } from '@tksm/abstractions';
import { systemClock } from '@tksm/drivers-system';
import type { Invocation } from '../program/invocation.ts';

/** The grant that the flags of a command say. */
export function givenGrant({ flags }: Invocation, rights: readonly string[]): CapabilityGrant {
  const [expires, count, note] = [flags.number('expires'), flags.number('count'), flags.text('note')];
  const caveats: Caveats = {
    ...(expires !== undefined && { expiresAt: systemClock.now() + expires }),
    ...(count !== undefined && { count }),
    ...(flags.has('host') && { hosts: flags.list('host') }),
  };
  return { rights, caveats, ...(note !== undefined && { note }) };
}

/** The file that a new token goes to. @throws KernelError `UsageError` */
export function givenOut({ flags }: Invocation): string {
  const file = flags.text('out');
  if (file !== undefined) return file;
  throw new KernelError('UsageError', 'a token is written to a file: name it with --out', {
    next: 'the same with --out FILE',
  });
}
