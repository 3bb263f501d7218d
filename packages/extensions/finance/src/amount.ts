import type { ZodType } from 'zod';

/** Amounts, balances and supplies are less than that. */
export const AMOUNT_BOUND = 2n ** 128n;

const NO_AMOUNT = 'is not a whole number from 1 to 2^128 - 1, as decimal text ("100") or bigint';

/** A whole number from 1, as bigint or decimal text. Never a float: `0.1 + 0.2` is none of anybody's money. */
export function amountField({ bigint, string, union }: typeof import('zod').z): ZodType<bigint> {
  const text = string()
    .regex(/^[1-9][0-9]{0,38}$/)
    .transform(BigInt);
  return union([bigint(), text], NO_AMOUNT).refine(
    (amount) => amount > 0n && amount < AMOUNT_BOUND,
    NO_AMOUNT,
  );
}
