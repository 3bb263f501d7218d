import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { forEachKind } from './for-each-kind.ts';

/** Adds the kind `graph.for-each`, which graphs with `forEach` compile to. */
export function composeGraphs(registrar: Registrar): void {
  registrar.add(TOKENS.kinds, () => forEachKind());
}
