import { KernelError } from '@tksm/abstractions';
import type { CapabilityGrant, Caveats, RateCaveat } from '@tksm/abstractions';
import { systemClock } from '@tksm/drivers-system';
import { parseDuration } from '../program/duration.ts';
import type { Invocation } from '../program/invocation.ts';

/** The grant that the flags of a command say. @throws KernelError `UsageError` */
export function givenGrant({ flags }: Invocation, rights: readonly string[]): CapabilityGrant {
  const [expires, count, note] = [flags.number('expires'), flags.number('count'), flags.text('note')];
  const [rate, within, amount] = [flags.text('rate'), flags.text('within'), flags.text('amount')];
  if (expires === 0) {
    throw new KernelError('UsageError', '--expires 0 is over before anybody can use it', {
      next: 'say how long it lasts, as --expires 1h; leave it out for no end',
    });
  }
  const caveats: Caveats = {
    ...(expires !== undefined && { expiresAt: systemClock.now() + expires }),
    ...(count !== undefined && { count }),
    ...(rate !== undefined && { rate: rateOf(rate) }),
    ...(flags.has('host') && { hosts: flags.list('host') }),
    ...(within !== undefined && { within }),
    ...(amount !== undefined && { amount }),
    ...(flags.has('kind') && { kinds: flags.list('kind') }),
  };
  return { rights, caveats, ...(note !== undefined && { note }) };
}

/** The rights of what is made new, at least one. @throws KernelError `UsageError` */
export function givenRights({ flags }: Invocation): readonly string[] {
  const rights = flags.list('right');
  if (rights.length > 0) return rights;
  throw new KernelError('UsageError', 'nothing would be allowed: say with --right what is', {
    next: 'the same with --right ACTION:RESOURCE, as --right "kv.get:notes/*"',
  });
}

/** Uses in a time, as `10/1m`. @throws KernelError `UsageError` */
function rateOf(text: string): RateCaveat {
  const [limit = '', time = '', ...rest] = text.split('/');
  const periodMs = parseDuration(time);
  if (/^\d{1,15}$/.test(limit) && periodMs !== undefined && rest.length === 0)
    return { limit: Number(limit), periodMs };
  throw new KernelError('UsageError', `${text} is not a number of uses in a time`, {
    next: 'write it as 10/1m',
  });
}

/** The file that a new token goes to. @throws KernelError `UsageError` */
export function givenOut({ flags }: Invocation): string {
  const file = flags.text('out');
  if (file === '-') {
    throw new KernelError('UsageError', 'a token is never printed, and - is no file', {
      next: 'the same with --out FILE; a file of that name is ./-',
    });
  }
  if (file !== undefined) return file;
  throw new KernelError('UsageError', 'a token is written to a file: name it with --out', {
    next: 'the same with --out FILE',
  });
}
