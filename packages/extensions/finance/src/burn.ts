import { kindName } from '@tksm/abstractions';
import type { Decision, OperationKind, OperationView } from '@tksm/abstractions';
import { amountInput } from './holding.ts';
import type { AmountInput } from './holding.ts';
import { Ledger } from './ledger.ts';
import { useOf } from './names.ts';

/**
 * `finance.burn` { account, asset, amount }: destroys an amount of an asset. Gives `{ balance }`.
 *
 * @throws KernelError `UnknownEntity`, `InsufficientBalance`
 */
export function burnOperation(): OperationKind<AmountInput> {
  return Object.freeze({
    class: 'operation' as const,
    name: kindName('finance.burn'),
    summary: 'Destroys an amount of an asset: { account, asset, amount }',
    input: amountInput,
    asks: ({ account, asset, amount }: AmountInput) => [useOf('burn', account, asset, amount)],
    decide({ account, asset, amount }: AmountInput, { world }: OperationView): Decision {
      const ledger = new Ledger(world, asset);
      ledger.requireAsset();
      return {
        rewrite: ledger.move([{ account, by: -amount }, { by: -amount }]),
        output: { balance: (ledger.balance(account) - amount).toString() },
        fact: { name: 'finance.asset-burned', data: { account, asset, amount: amount.toString() } },
      };
    },
  });
}
