import { kindName } from '@tksm/abstractions';
import type { Decision, OperationKind, OperationView } from '@tksm/abstractions';
import { amountInput } from './holding.ts';
import type { AmountInput } from './holding.ts';
import { Ledger } from './ledger.ts';
import { useOf } from './names.ts';

/**
 * `finance.mint` { account, asset, amount }: makes an amount of an asset, and the asset with the first. Gives `{ balance }`.
 *
 * @throws KernelError `InvalidOperation` when there would be 2^128 or more
 */
export function mintOperation(): OperationKind<AmountInput> {
  return Object.freeze({
    class: 'operation' as const,
    name: kindName('finance.mint'),
    summary: 'Makes an amount of an asset: { account, asset, amount }',
    input: amountInput,
    asks: ({ account, asset, amount }: AmountInput) => [useOf('mint', account, asset, amount)],
    decide({ account, asset, amount }: AmountInput, { world }: OperationView): Decision {
      const ledger = new Ledger(world, asset);
      return {
        output: { balance: (ledger.balance(account) + amount).toString() },
        fact: { name: 'finance.asset-minted', data: { account, asset, amount: amount.toString() } },
        rewrite: ledger.move([{ by: amount }, { account, by: amount }]),
      };
    },
  });
}
