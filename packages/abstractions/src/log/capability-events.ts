import type { CapabilityClaim } from '../authority/capability.ts';
import type { Caveats } from '../authority/caveats.ts';
import type { Ring } from '../authority/trust-policy.ts';
import type { HandleId, Instant, JobId } from '../runtime/ids.ts';

/** A handle was derived from another one: it allows a part of what that allows. */
export interface CapabilityDerived {
  readonly type: 'capability.derived';
  readonly v: 1;
  readonly handle: HandleId;
  /** The handle it is derived from. */
  readonly by: HandleId;
  readonly rights: readonly CapabilityClaim[];
  readonly caveats?: Caveats;
  /** Absent: as its parent's. */
  readonly ring?: Ring;
  readonly note?: string;
  /** The revocation id of the token's block that it stands for. To take a token in is no use of a handle. */
  readonly token?: string;
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

/** Time ended a handle, and every one below it. */
export interface CapabilityExpired {
  readonly type: 'capability.expired';
  readonly v: 1;
  readonly handle: HandleId;
}

/** A token, and every one that was made from it, is not taken in any more; its handle, and every one below it, ends. */
export interface TokenRevoked {
  readonly type: 'token.revoked';
  readonly v: 1;
  /** Its revocation id. */
  readonly token: string;
  readonly by: HandleId;
  readonly reason: string;
  /** When it expires by itself, and need not be remembered any more. Absent: it may never. */
  readonly expiresAt?: Instant;
}

export type CapabilityEvent =
  CapabilityDerived | CapabilityRevoked | CapabilityExpired | CapabilityDenied | TokenRevoked;
