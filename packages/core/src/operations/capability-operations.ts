import { handleId, KernelError } from '@tksm/abstractions';
import type { HandleId } from '@tksm/abstractions';
import { denied } from '../authority/denial.ts';
import {
  boundedText,
  checkRoom,
  checkUnexpired,
  checkWithin,
  derivationOf,
  grantOf,
} from '../authority/derivation.ts';
import { OPERATOR_ID } from '../authority/handle-table.ts';
import { deriveJobId } from '../jobs/derive-id.ts';
import { textField } from './operation.ts';
import type { KernelOperation, OperationScope } from './operation.ts';
import { checkRevocations } from './token-operations.ts';

const derive: KernelOperation = {
  name: 'capability.derive',
  asks: () => [],
  summary:
    'Derives a handle that allows a part of what yours allows: { rights: ["action:resource"], caveats?, note? }',
  perform(input, scope) {
    const { state, authority, by, now } = scope;
    const derivation = derivationOf(input);
    if (by !== OPERATOR_ID) checkWithin(authority.find(by), derivation, by);
    checkUnexpired(derivation.caveats, now);
    checkRoom(state, state.capabilities.topOf(by)?.id ?? by, 1);
    const handle = newId(scope);
    const event = { type: 'capability.derived' as const, v: 1 as const, handle, by, ...grantOf(derivation) };
    return { output: { handle }, events: [event] };
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

/** The same for the same command; else by the place in the log, which no other has. */
function newId({ state, position, cmd }: OperationScope): HandleId {
  return handleId(deriveJobId(state.zone, cmd ?? `capability at ${position}`));
}
