import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { askKind } from './ask-kind.ts';
import { sleepKind } from './sleep-kind.ts';

/** Adds the kinds `sleep` and `ask`. */
export function composeWaits(registrar: Registrar): void {
  registrar.add(TOKENS.kinds, () => sleepKind());
  registrar.add(TOKENS.kinds, () => askKind());
}
