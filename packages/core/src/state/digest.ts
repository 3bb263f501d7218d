import type { Hash } from '@tksm/abstractions';
import type { KernelState } from './kernel-state.ts';
import { StateTree } from './state-tree.ts';

/**
 * Root hash over all authoritative state; its form is fixed by ADR 0008. The first one of a state hashes every entry;
 * later ones what changed since.
 */
export function digestOf(state: KernelState): Hash {
  return (state.tree ??= new StateTree(state)).root();
}
