import { handleId, KernelError } from '@tksm/abstractions';
import { denied } from '../authority/denial.ts';
import { boundedText, derivationOf } from '../authority/derivation.ts';
import { derivedBelow } from '../authority/derived-below.ts';
import { OPERATOR_ID } from '../authority/handle-table.ts';
import { textField } from './operation.ts';
import type { KernelOperation } from './operation.ts';
import { checkRevocations } from './token-operations.ts';

const derive: KernelOperation = {
  name: 'capability.derive',
  asks: () => [],
  summary:
    'Derives a handle that allows a part of what yours allows: { rights: ["action:resource"], caveats?, ring?, note? }',
  perform(input, scope) {
    const event = derivedBelow(scope.by, derivationOf(input), scope);
    return { output: { handle: event.handle }, events: [event] };
  },
};

const revoke: KernelOperation = {
  name: 'capability.revoke',
  asks: () => [],
  summary: 'Ends a handle and every one below it, and what runs by them: { handle, reason? }',
  perform(input, { state, by, now }) {
    const handle = handleId(textField(input, 'handle'));
    if (handle === OPERATOR_ID)
      throw new KernelError('InvalidOperation', 'the handle of the operator cannot be revoked');
    const { capabilities } = state;
    const capability = capabilities.get(handle);
    const isLive = capability !== undefined;
    // Nobody learns by it whether a handle elsewhere in the tree exists.
    if (by !== OPERATOR_ID && !(isLive && capabilities.isWithin(handle, by)))
      throw denied(by, `is not above ${handle}`);
    const reason = input.reason === undefined ? 'revoked on request' : boundedText(input.reason, 'reason');
    if (capability?.token !== undefined) checkRevocations(state, by, now);
    const event = { type: 'capability.revoked' as const, v: 1 as const, handle, by, reason };
    return { output: { handle, revoked: isLive }, events: isLive ? [event] : [] };
  },
};

export const CAPABILITY_OPERATIONS: readonly KernelOperation[] = [derive, revoke];
