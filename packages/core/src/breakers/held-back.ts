import type { JobSpec } from '@tksm/abstractions';
import type { KernelState } from '../state/kernel-state.ts';

/** Which breakers and which rung of the ladder hold a ready job back, in sentences. */
export function* heldBackByFailures(spec: JobSpec, { breakers, ladder }: KernelState): Generator<string> {
  const { rung, reason = '' } = ladder.get(spec.kind) ?? {};
  if (rung === 'quarantined') yield `kind ${spec.kind} is quarantined: ${reason}`;
  if (rung === 'isolated') yield `kind ${spec.kind} runs only where it is isolated: ${reason}`;
  for (const [name, { phase, until, reason: why = 'others probe it' }] of breakers.ofJob(spec)) {
    const end = until === undefined ? '' : ` until ${new Date(until).toISOString()}`;
    if (phase !== 'closed') yield `breaker ${name} is ${phase}${end}: ${why}`;
  }
}
