import type { CapabilityRecord } from '@tksm/abstractions';

/** How often a handle was used: counted only while it has a bound on that. */
export function usesText({ caveats, uses = 0 }: CapabilityRecord): string {
  const isBounded = caveats?.count !== undefined || caveats?.rate !== undefined;
  return isBounded ? String(uses) : '-';
}
