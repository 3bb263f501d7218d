import { deferredSchema } from '@tksm/abstractions';
import { amountField } from './amount.ts';
import { nameField } from './names.ts';

/** What an account holds of an asset. */
export interface HoldingInput {
  readonly account: string;
  readonly asset: string;
}

/** An amount of an asset, and whose it is. */
export interface AmountInput extends HoldingInput {
  readonly amount: bigint;
}

export const amountInput = deferredSchema<AmountInput>('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({ account: nameField(z), asset: nameField(z), amount: amountField(z) });
});
