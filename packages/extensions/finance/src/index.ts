export { balanceOperation } from './balance.ts';
export { burnOperation } from './burn.ts';
export { financeOperations } from './finance-operations.ts';
export type { AmountInput, HoldingInput } from './holding.ts';
export { mintOperation } from './mint.ts';
export { transferOperation } from './transfer.ts';
export type { TransferInput } from './transfer.ts';
