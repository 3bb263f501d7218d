// What is judged of a submission before it is recorded. The gate judges each job once more when it is; but by then somebody's
// data would have been sealed, and a job told that was submitted before.

import type { HandleId, TaskKind } from '@tksm/abstractions';
import { OPERATOR_ID } from '../authority/handle-table.ts';
import type { Asked } from '../authority/required-rights.ts';
import { toSubmit } from '../authority/required-rights.ts';
import { isAsking } from '../drivers/call-kind.ts';
import type { Engine } from '../kernel/engine.ts';
import type { Payload } from '../sealing/payload.ts';
import { hasReferences } from '../sealing/tagged.ts';
import type { PreparedTask } from './submitter.ts';

type Gate = Pick<Engine, 'authority' | 'now'>;

/** Whether a handle may submit jobs of a kind, unless its input decides that. @throws KernelError `CapabilityDenied` */
export function judgeKind(kind: TaskKind, by: HandleId, { authority, now }: Gate): void {
  if (by !== OPERATOR_ID && !isAsking(kind)) authority.checkKind(by, kind.name, now);
}

/**
 * Whether a handle may have an input looked at that decides what it needs: it has any right of that family of actions. What
 * is not clear yet, a reference or somebody's data, says nothing: it takes the right to submit the kind.
 *
 * @throws KernelError `CapabilityDenied`
 */
export function judgeInput(
  kind: TaskKind,
  { clear, parts }: Payload,
  by: HandleId,
  { authority, now }: Gate,
): void {
  if (by === OPERATOR_ID || !isAsking(kind)) return;
  const isClear = parts.length === 0 && !hasReferences(clear);
  if (isClear) authority.checkFamily(by, kind.familyOf(clear), ofKind(kind), now);
  else authority.check(by, ofKind(kind), now);
}

/** Whether a handle has what an input needs that decides so. @throws KernelError `CapabilityDenied` */
export function judgeUses({ kind, input, uses }: PreparedTask, by: HandleId, { authority, now }: Gate): void {
  if (by === OPERATOR_ID || !isAsking(kind)) return;
  for (const asked of toSubmit({ kind: kind.name, input, uses })) authority.check(by, asked, now);
}

function ofKind({ name }: TaskKind): Asked {
  return { action: 'job.submit', resource: name, kind: name };
}
