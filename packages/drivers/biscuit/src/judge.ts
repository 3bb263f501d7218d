import { KernelError } from '@tksm/abstractions';
import type { Instant } from '@tksm/abstractions';
import type { Biscuit, BiscuitLibrary, EvaluationLimits } from './biscuit-library.ts';
import { secondOf } from './statements.ts';
import { invalidToken } from './token-fault.ts';

/** A token has no rules, and few facts, so that only a machine that stands still comes near the time. */
const LIMITS: EvaluationLimits = { max_facts: 1_000, max_iterations: 10, max_time_micro: 1_000_000 };

/**
 * Runs the checks of a token, as any verifier of Biscuits does.
 *
 * @throws KernelError `TokenInvalid` when one does not hold; `TokenUnjudged` when a limit was met before
 */
export function judge(
  library: BiscuitLibrary,
  biscuit: Biscuit,
  at: Instant,
  limits: EvaluationLimits = LIMITS,
): void {
  try {
    const builder = new library.AuthorizerBuilder();
    builder.addCode(`time(${secondOf(at)}); allow if true;`);
    using authorizer = builder.buildAuthenticated(biscuit);
    authorizer.authorizeWithLimits(limits);
  } catch (error) {
    // An error of the library is plain data; one of its limits is named so.
    if (typeof error !== 'object' || error === null || !('RunLimit' in error))
      throw invalidToken('check-failed');
    throw new KernelError('TokenUnjudged', 'a limit was met before the token was judged');
  }
}
