import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { financeOperations } from './finance-operations.ts';

/** Adds the operations `finance.mint`, `finance.burn`, `finance.transfer` and `finance.balance`. */
export function composeFinance(registrar: Registrar): void {
  for (const kind of financeOperations()) registrar.add(TOKENS.kinds, () => kind);
}
