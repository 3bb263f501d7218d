import type { ZodType } from 'zod';

/** Amounts, balances and supplies are less than that. */
export const AMOUNT_BOUND = 2n ** 128n;

/** A whole number from 1, as bigint or decimal text. Never a float: `0.1 + 0.2` is none of anybody's money. */
export function amountField({ bigint, string, union }: typeof import('zod').z): ZodType<bigint> {
  const text = string()
    .regex(/^[1-9][0-9]{0,38}$/, 'is not a whole number from 1, as decimal text')
    .transform(BigInt);
  return union([bigint(), text]).refine(
    (amount) => amount > 0n && amount < AMOUNT_BOUND,
    'is not from 1 to 2^128 - 1',
  );
}
