import type { BreakerName, BreakerReader, BreakerView, LadderReader, LadderView } from '@tksm/abstractions';
import { copyOf } from './apply-breaker.ts';
import type { KernelState } from './kernel-state.ts';

/** The breakers of a state, for others to see. */
export function breakerReader({ breakers }: KernelState): BreakerReader {
  const get = (name: BreakerName): BreakerView | undefined => {
    const found = breakers.get(name);
    return found && { name, ...copyOf(found) };
  };
  return { get, list: () => breakers.names().flatMap((name) => get(name) ?? []) };
}

/** The escalation ladder of a state, for others to see. */
export function ladderReader({ ladder }: KernelState): LadderReader {
  const get = (kind: string): LadderView | undefined => {
    const found = ladder.get(kind);
    return found && { kind, ...found };
  };
  return { get, list: () => [...ladder.keys()].sort().flatMap((kind) => get(kind) ?? []) };
}
