import { deferredSchema, kindName } from '@tksm/abstractions';
import type { Decision, OperationKind, OperationView } from '@tksm/abstractions';
import type { HoldingInput } from './holding.ts';
import { Ledger } from './ledger.ts';
import { nameField, useOf } from './names.ts';

const balanceInput = deferredSchema<HoldingInput>('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({ account: nameField(z), asset: nameField(z) });
});

/**
 * `finance.balance` { account, asset }: gives `{ balance }`, "0" for an account that holds nothing. Nothing is recorded.
 *
 * @throws KernelError `UnknownEntity`
 */
export function balanceOperation(): OperationKind<HoldingInput> {
  return Object.freeze({
    class: 'operation' as const,
    name: kindName('finance.balance'),
    summary: 'Tells what an account holds of an asset: { account, asset }',
    input: balanceInput,
    asks: ({ account, asset }: HoldingInput) => [useOf('balance', account, asset)],
    decide({ account, asset }: HoldingInput, { world }: OperationView): Decision {
      const ledger = new Ledger(world, asset);
      ledger.requireAsset();
      return { output: { balance: ledger.balance(account).toString() } };
    },
  });
}
