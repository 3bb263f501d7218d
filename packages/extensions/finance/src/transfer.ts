import { deferredSchema, kindName } from '@tksm/abstractions';
import type { Decision, OperationKind, OperationView } from '@tksm/abstractions';
import { amountField } from './amount.ts';
import { Ledger } from './ledger.ts';
import { nameField, useOf } from './names.ts';

/** An amount of an asset, and between whom it moves. */
export interface TransferInput {
  readonly from: string;
  readonly to: string;
  readonly asset: string;
  readonly amount: bigint;
}

const transferInput = deferredSchema<TransferInput>('tksm', async () => {
  const { z } = await import('zod');
  const name = nameField(z);
  return z
    .strictObject({ from: name, to: name, asset: name, amount: amountField(z) })
    .refine(({ from, to }) => from !== to, 'from and to are the same account');
});

/**
 * `finance.transfer` { from, to, asset, amount }: moves an amount of an asset; the right is one on `from`. Gives its `{ balance }`.
 *
 * @throws KernelError `UnknownEntity`, `InsufficientBalance`
 */
export function transferOperation(): OperationKind<TransferInput> {
  return Object.freeze({
    class: 'operation' as const,
    name: kindName('finance.transfer'),
    summary: 'Moves an amount of an asset: { from, to, asset, amount }',
    input: transferInput,
    asks: ({ from, asset, amount }: TransferInput) => [useOf('transfer', from, asset, amount)],
    decide({ from, to, asset, amount }: TransferInput, { world }: OperationView): Decision {
      const ledger = new Ledger(world, asset);
      ledger.requireAsset();
      return {
        rewrite: ledger.move([
          { account: from, by: -amount },
          { account: to, by: amount },
        ]),
        output: { balance: (ledger.balance(from) - amount).toString() },
        fact: { name: 'finance.funds-transferred', data: { from, to, asset, amount: amount.toString() } },
      };
    },
  });
}
