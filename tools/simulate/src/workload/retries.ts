import type { RetryOptions } from '@tksm/abstractions';
import type { Dice } from './dice.ts';

/** A retry policy of any kind. */
export function aRetry(dice: Dice): RetryOptions {
  const limits = {
    maxAttempts: 1 + dice.below(5),
    ...(dice.chance(0.3) && { jitter: dice.one([0, 0.5, 1]) }),
    ...(dice.chance(0.2) && { maxElapsedMs: 1 + dice.below(20_000) }),
    ...(dice.chance(0.1) && { giveUpOn: ['HandlerFailed'] }),
  };
  const maxDelayMs = dice.below(10_000);
  switch (dice.below(4)) {
    case 0: {
      const steps = { initialDelayMs: dice.below(3_000), incrementMs: dice.below(3_000) };
      return { ...limits, ...steps, backoff: 'linear', maxDelayMs };
    }
    case 1: {
      const delaysMs = Array.from({ length: 1 + dice.below(4) }, () => dice.below(5_000));
      return { ...limits, backoff: 'table', delaysMs };
    }
    default:
      return { ...limits, initialDelayMs: dice.below(5_000), factor: dice.one([1, 2, 10]), maxDelayMs };
  }
}
