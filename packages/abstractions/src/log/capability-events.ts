import type { CapabilityClaim } from '../authority/capability.ts';
import type { Caveats } from '../authority/caveats.ts';
import type { HandleId, JobId } from '../runtime/ids.ts';

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

/**
 * Somebody asked for more than a handle allows: told for those who watch, and changes nothing. Not every refusal is told: who
 * is refused must not fill the log.
 */
export interface CapabilityDenied {
  readonly type: 'capability.denied';
  readonly v: 1;
  readonly handle: HandleId;
  /** What was missing, `action:resource`. */
  readonly right?: CapabilityClaim;
  /** The caveat that refused, when the right was there. */
  readonly caveat?: string;
  /** The job that asked. Absent: who holds the handle did. */
  readonly job?: JobId;
  /** Refusals of this handle that were left out since the last one that was told. */
  readonly omitted?: number;
}

export type CapabilityEvent = CapabilityDerived | CapabilityRevoked | CapabilityDenied;
