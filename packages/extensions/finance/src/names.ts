import type { RightUse } from '@tksm/abstractions';
import type { ZodType } from 'zod';

/** An account or an asset: 1 to 128 letters, digits and `_ . : @ -`, the first a letter or digit. */
export function nameField({ string }: typeof import('zod').z): ZodType<string> {
  return string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$/, 'is not the name of an account or asset');
}

/** The right to what is done with an account's holding of an asset. */
export function useOf(action: string, account: string, asset: string, amount?: bigint): RightUse {
  const resource = `${account}/${asset}`;
  return {
    action: `finance.${action}`,
    resource,
    ...(amount !== undefined && { amount: amount.toString() }),
  };
}
