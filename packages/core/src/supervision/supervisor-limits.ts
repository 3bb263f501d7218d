import { KernelError } from '@tksm/abstractions';
import type { ChildSpec, HandleId, SupervisorRecord, SupervisorSpec } from '@tksm/abstractions';
import { mostFor } from '../authority/derivation.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { pathOf } from './supervisor-record.ts';

/** Bounds of supervisors. */
export const SUPERVISOR_LIMITS = Object.freeze({
  /** Children of a tree, supervisors among them included. */
  maxChildren: 1_000,
  /** Supervisors above one another. */
  maxDepth: 16,
  maxIntensity: 1_000,
  /** Supervisors that a zone may have, those within others included. */
  maxSupervisors: 10_000,
});

/** Whether a zone has room for the supervisors of a tree. @throws KernelError `InvalidOperation` */
export function checkZone(spec: SupervisorSpec, { supervisors }: KernelState, by: HandleId): void {
  const maxSupervisors = mostFor(by, SUPERVISOR_LIMITS.maxSupervisors);
  if (supervisors.size + sizeOf(spec).supervisors > maxSupervisors)
    throw tooMuch(`there may be ${maxSupervisors} supervisors in the zone`, maxSupervisors);
}

/** Whether the tree of a supervisor has room for one more child, and for what is below that. @throws KernelError `InvalidOperation` */
export function checkTree(
  { id }: SupervisorRecord,
  child: ChildSpec,
  state: KernelState,
  by: HandleId,
): void {
  const above = id.split('/');
  const root = state.supervisors.get(above[0] ?? '');
  const { maxChildren, maxDepth } = SUPERVISOR_LIMITS;
  const added = 'supervisor' in child ? sizeOf(child.supervisor) : LEAF;
  if (above.length + added.depth > maxDepth)
    throw tooMuch(`supervisors are at most ${maxDepth} deep`, maxDepth);
  if ((root === undefined ? 0 : childrenIn(root, state)) + 1 + added.children > maxChildren)
    throw tooMuch(`a tree of supervisors has at most ${maxChildren} children`, maxChildren);
  if ('supervisor' in child) checkZone(child.supervisor, state, by);
}

interface Size {
  readonly children: number;
  readonly supervisors: number;
  readonly depth: number;
}

const LEAF: Size = { children: 0, supervisors: 0, depth: 0 };

/** What a supervisor brings with it. */
function sizeOf({ children }: SupervisorSpec): Size {
  let { children: count, supervisors, depth }: { -readonly [K in keyof Size]: Size[K] } = { ...LEAF };
  for (const child of children) {
    const below = 'supervisor' in child ? sizeOf(child.supervisor) : LEAF;
    count += 1 + below.children;
    supervisors += below.supervisors;
    depth = Math.max(depth, below.depth);
  }
  return { children: count, supervisors: supervisors + 1, depth: depth + 1 };
}

/** Children below a supervisor, those that were added included. One that does not run begins with those of its contract. */
function childrenIn({ id, children }: SupervisorRecord, state: KernelState): number {
  return children.reduce((sum, { spec }) => {
    if (!('supervisor' in spec)) return sum + 1;
    const nested = state.supervisors.get(pathOf(id, spec.id));
    return sum + 1 + (nested === undefined ? sizeOf(spec.supervisor).children : childrenIn(nested, state));
  }, 0);
}

function tooMuch(message: string, limit: number): KernelError {
  return new KernelError('InvalidOperation', message, { data: { limit } });
}
