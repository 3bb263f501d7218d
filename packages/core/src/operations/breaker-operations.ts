import { KernelError } from '@tksm/abstractions';
import type { BreakerName, KernelEvent, StoredObject } from '@tksm/abstractions';
import { textField } from './operation.ts';
import type { KernelOperation } from './operation.ts';
import { asksFor } from './asks.ts';

const NAME = /^(kind|resource)\.[A-Za-z0-9_.:-]{1,128}$/;
/** Longest text of an operator, in UTF-16 units. */
const MAX_REASON = 256;
const LONGEST_MS = 365 * 86_400_000;

export const breakerSet: KernelOperation = {
  name: 'breaker.set',
  asks: asksFor('breaker.set', 'breaker'),
  summary:
    'Opens or closes a breaker, whatever it has seen: { breaker, phase: "open" | "closed", reason?, forMs? }',
  perform(input, { state, by, now }) {
    const breaker = breakerField(input);
    const { phase } = input;
    if (phase !== 'open' && phase !== 'closed')
      throw new KernelError('InvalidInput', 'phase is "open" or "closed"', { data: { field: 'phase' } });
    const reason = reasonField(input) ?? (phase === 'open' ? 'opened on request' : 'closed on request');
    const forMs = durationField(input);
    if (forMs !== undefined && phase === 'closed')
      throw new KernelError('InvalidInput', 'only an open breaker has an end', { data: { field: 'forMs' } });
    const known = state.breakers.get(breaker);
    const before = known?.phase ?? 'closed';
    if (known === undefined && phase === 'closed') return { output: { breaker, before, phase }, events: [] };
    if (known === undefined && !state.breakers.takesMore)
      throw new KernelError('InvalidOperation', 'too many breakers are not closed', {
        ...{ data: { breaker }, next: 'close some of them: tksm breaker ls' },
      });
    const what = { v: 1, breaker, reason, by } as const;
    const event: KernelEvent =
      phase === 'closed'
        ? { type: 'breaker.closed', ...what }
        : { type: 'breaker.opened', ...what, ...(forMs !== undefined && { until: now + forMs }) };
    return { output: { breaker, before, phase }, events: [event] };
  },
};

function breakerField(input: StoredObject): BreakerName {
  const name = textField(input, 'breaker');
  if (NAME.test(name)) return name as BreakerName;
  throw new KernelError('InvalidInput', 'a breaker is kind.NAME or resource.NAME', {
    data: { field: 'breaker' },
  });
}

/** The words of an operator. @throws KernelError `InvalidInput` */
export function reasonField(input: StoredObject): string | undefined {
  if (input.reason === undefined) return undefined;
  const reason = textField(input, 'reason');
  if (reason.length >= 1 && reason.length <= MAX_REASON) return reason;
  throw new KernelError('InvalidInput', `reason has 1 to ${MAX_REASON} characters`, {
    data: { field: 'reason' },
  });
}

function durationField({ forMs }: StoredObject): number | undefined {
  if (forMs === undefined) return undefined;
  if (typeof forMs === 'number' && Number.isSafeInteger(forMs) && forMs >= 1 && forMs <= LONGEST_MS)
    return forMs;
  throw new KernelError('InvalidInput', `forMs is a whole number from 1 to ${LONGEST_MS}`, {
    data: { field: 'forMs' },
  });
}
