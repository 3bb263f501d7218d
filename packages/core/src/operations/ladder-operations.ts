import { isSystemKind, KernelError, kindName, LADDER_RUNGS } from '@tksm/abstractions';
import { hasRoomFor } from '../state/apply-ladder.ts';
import { reasonField } from './breaker-operations.ts';
import { textField } from './operation.ts';
import type { KernelOperation } from './operation.ts';
import { asksFor } from './asks.ts';

export const ladderSet: KernelOperation = {
  name: 'ladder.set',
  asks: asksFor('ladder.set', 'kind'),
  summary: `Puts a kind on a rung of the escalation ladder: { kind, rung: ${LADDER_RUNGS.map((rung) => `"${rung}"`).join(' | ')}, reason? }`,
  perform(input, { state, by }) {
    const kind = kindName(textField(input, 'kind'));
    if (isSystemKind(kind)) {
      throw new KernelError('InvalidOperation', `${kind} is a kind of the kernel's own`, { data: { kind } });
    }
    const rung = LADDER_RUNGS.find((known) => known === input.rung);
    if (rung === undefined) {
      throw new KernelError('InvalidInput', `rung is one of ${LADDER_RUNGS.join(', ')}`, {
        data: { field: 'rung' },
      });
    }
    const reason = reasonField(input) ?? 'set on request';
    const record = state.ladder.get(kind);
    const before = record?.rung ?? 'ground';
    const output = { kind, before, rung };
    if (record === undefined && rung === 'ground') return { output, events: [] };
    if (!hasRoomFor(state, kind)) {
      throw new KernelError('InvalidOperation', 'too many kinds are off the ground', {
        ...{ data: { kind }, next: 'move some of them back: tksm ladder ls' },
      });
    }
    return { output, events: [{ type: 'ladder.moved', v: 1, kind, from: before, to: rung, reason, by }] };
  },
};
