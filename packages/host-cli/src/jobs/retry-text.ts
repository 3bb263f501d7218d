import type { RetryPolicy } from '@tksm/abstractions';
import { durationText } from '../program/duration.ts';

/** A retry policy in a few words. */
export function retryText(policy: RetryPolicy): string {
  const { maxAttempts, maxElapsedMs, retryOn, giveUpOn } = policy;
  const parts = [
    ...(maxAttempts > 1 ? [delaysText(policy)] : []),
    ...(maxElapsedMs === undefined ? [] : [`for ${durationText(maxElapsedMs)} at most`]),
    ...(retryOn === undefined ? [] : [`only on ${retryOn.join(', ')}`]),
    ...(giveUpOn === undefined ? [] : [`never on ${giveUpOn.join(', ')}`]),
  ];
  return [`${maxAttempts} ${maxAttempts === 1 ? 'attempt' : 'attempts'}`, ...parts].join(', ');
}

function delaysText(policy: RetryPolicy): string {
  if (policy.backoff === 'table') return `after ${policy.delaysMs.map(durationText).join(', ')}`;
  const [first, most] = [durationText(policy.initialDelayMs), durationText(policy.maxDelayMs)];
  if (policy.backoff === 'linear')
    return `after ${first}, each ${durationText(policy.incrementMs)} later, up to ${most}`;
  return `after ${first}, each ${policy.factor} times as long, up to ${most}`;
}
