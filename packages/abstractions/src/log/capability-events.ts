import type { CapabilityClaim } from '../authority/capability.ts';
import type { Caveats } from '../authority/caveats.ts';
import type { HandleId } from '../runtime/ids.ts';

/** A handle was derived from another one: it allows a part of what that allows. */
export interface CapabilityDerived {
  readonly type: 'capability.derived';
  readonly v: 1;
  readonly handle: HandleId;
  /** The handle it is derived from. */
  readonly by: HandleId;
  readonly rights: readonly CapabilityClaim[];
  readonly caveats?: Caveats;
  readonly note?: string;
}

/** A handle, and every one below it, allows nothing any more. */
export interface CapabilityRevoked {
  readonly type: 'capability.revoked';
  readonly v: 1;
  readonly handle: HandleId;
  /** One above it, or the handle itself. */
  readonly by: HandleId;
  readonly reason: string;
}

export type CapabilityEvent = CapabilityDerived | CapabilityRevoked;
