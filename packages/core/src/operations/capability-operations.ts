import {
  coversCaveats,
  coversRight,
  formatRight,
  handleId,
  KernelError,
  parseCaveats,
  parseRight,
} from '@tksm/abstractions';
import type { Caveats, HandleId, Right, StoredObject } from '@tksm/abstractions';
import { denied } from '../authority/denial.ts';
import { OPERATOR_ID } from '../authority/handle-table.ts';
import type { Held } from '../authority/held.ts';
import { deriveJobId } from '../jobs/derive-id.ts';
import { textField } from './operation.ts';
import type { KernelOperation, OperationScope } from './operation.ts';

/** Bounds of handles. */
const MOST = {
  handles: 100_000,
  below: 1_000,
  depth: 32,
  rights: 64,
  rightsText: 4_096,
  note: 256,
  reason: 1_000,
} as const;

const derive: KernelOperation = {
  name: 'capability.derive',
  asks: () => [],
  summary:
    'Derives a handle that allows a part of what yours allows: { rights: ["action:resource"], caveats?, note? }',
  perform(input, scope) {
    const { state, authority, by } = scope;
    const rights = rightsIn(input);
    const caveats = parseCaveats(input.caveats ?? {});
    const note = input.note === undefined ? undefined : bounded(input, 'note');
    if (by !== OPERATOR_ID) {
      checkWithin(authority.find(by), rights, caveats, by);
      const { id: top } = state.capabilities.topOf(by) ?? { id: by };
      if (state.capabilities.countBelow(top, MOST.below) >= MOST.below)
        throw tooMany(`handle ${top} has ${MOST.below} below it, as many as one may have`, MOST.below);
    }
    if (caveats.expiresAt !== undefined && caveats.expiresAt <= scope.now)
      throw invalid('caveats.expiresAt', 'expiresAt is past');
    if (state.capabilities.size >= MOST.handles)
      throw tooMany(`there are ${MOST.handles} handles, as many as a zone has`, MOST.handles);
    const handle = newId(scope);
    const event = {
      ...{ type: 'capability.derived' as const, v: 1 as const, handle, by, rights: rights.map(formatRight) },
      ...(Object.keys(caveats).length > 0 && { caveats }),
      ...(note !== undefined && { note }),
    };
    return { output: { handle }, events: [event] };
  },
};

const revoke: KernelOperation = {
  name: 'capability.revoke',
  asks: () => [],
  summary: 'Ends a handle and every one below it, and what runs by them: { handle, reason? }',
  perform(input, { state, by }) {
    const handle = handleId(textField(input, 'handle'));
    if (handle === OPERATOR_ID)
      throw new KernelError('InvalidOperation', 'the handle of the operator cannot be revoked');
    const { capabilities } = state;
    const isLive = capabilities.get(handle) !== undefined;
    // Nobody learns by it whether a handle elsewhere in the tree exists.
    if (by !== OPERATOR_ID && !(isLive && capabilities.isWithin(handle, by)))
      throw denied(by, `is not above ${handle}`);
    const reason = input.reason === undefined ? 'revoked on request' : bounded(input, 'reason');
    const event = { type: 'capability.revoked' as const, v: 1 as const, handle, by, reason };
    return { output: { handle, revoked: isLive }, events: isLive ? [event] : [] };
  },
};

export const CAPABILITY_OPERATIONS: readonly KernelOperation[] = [derive, revoke];

/** @throws KernelError `InvalidInput` */
function rightsIn({ rights }: StoredObject): readonly Right[] {
  if (!Array.isArray(rights) || rights.length === 0 || rights.length > MOST.rights)
    throw invalid('rights', `rights are 1 to ${MOST.rights} texts "action:resource"`);
  if (rights.join('').length > MOST.rightsText)
    throw invalid('rights', `rights have at most ${MOST.rightsText} characters together`);
  return rights.map((right) => {
    if (typeof right !== 'string') throw invalid('rights', 'a right is a text "action:resource"');
    return parseRight(right);
  });
}

/** @throws KernelError `CapabilityDenied` */
function checkWithin(
  parent: Held | undefined,
  rights: readonly Right[],
  caveats: Caveats,
  by: HandleId,
): void {
  if (parent === undefined) throw denied(by, 'is revoked, or unknown');
  if (parent.depth >= MOST.depth) throw denied(by, `is the ${MOST.depth}th from the operator's`);
  for (const right of rights) {
    if (parent.rights.some((has) => coversRight(has, right))) continue;
    const text = formatRight(right);
    throw denied(by, `does not allow all of ${text}`, { right: text });
  }
  if (!coversCaveats(parent.caveats, { ...parent.caveats, ...caveats }))
    throw denied(by, 'has narrower caveats than those asked for', { caveat: 'caveats' });
}

/** The same for the same command; else by the place in the log, which no other has. */
function newId({ state, position, cmd }: OperationScope): HandleId {
  return handleId(deriveJobId(state.zone, cmd ?? `capability at ${position}`));
}

function bounded(input: StoredObject, field: 'note' | 'reason'): string {
  const text = textField(input, field);
  if (text.length <= MOST[field]) return text;
  throw invalid(field, `${field} has at most ${MOST[field]} characters`);
}

function tooMany(message: string, limit: number): KernelError {
  return new KernelError('TooManyCapabilities', message, { data: { limit } });
}

function invalid(field: string, message: string): KernelError {
  return new KernelError('InvalidInput', message, { data: { field } });
}
