import type { AnyKind } from '@tksm/abstractions';
import { balanceOperation } from './balance.ts';
import { burnOperation } from './burn.ts';
import { mintOperation } from './mint.ts';
import { transferOperation } from './transfer.ts';

/**
 * The family `finance`: `mint`, `burn`, `transfer` and `balance`, each behind `finance.OPERATION:ACCOUNT/ASSET`, where the caveat
 * `amount` bounds what one of them moves. Amounts go in as bigint or decimal text, and come out as text.
 */
export function financeOperations(): readonly AnyKind[] {
  return [mintOperation(), burnOperation(), transferOperation(), balanceOperation()];
}
