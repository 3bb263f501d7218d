import type { HandleId, Instant, Position } from '../runtime/ids.ts';
import type { Caveats } from './caveats.ts';

/**
 * Authority as it is held inside a kernel. Handles come from the kernel alone; a look-alike object is refused.
 * What a handle allows is kernel state; the handle itself only names it.
 */
export interface CapabilityHandle {
  readonly id: HandleId;
}

/** A right a job asks for: an action on resources, `action:resource`, for example `kv.put:notes/*`. */
export type CapabilityClaim = string;

/** What a handle is derived with: a part of what its parent has. */
export interface CapabilityGrant {
  /** Rights as text, `action:resource`; each is within one of the parent's. */
  readonly rights: readonly CapabilityClaim[];
  readonly caveats?: Caveats;
  /** What it is for, for those who read the log. */
  readonly note?: string;
}

/** A derived handle as the state has it. The operator's has no record: it allows everything, and cannot be revoked. */
export interface CapabilityRecord {
  readonly id: HandleId;
  readonly parent: HandleId;
  /** Handles from the operator's down to it. */
  readonly depth: number;
  readonly rights: readonly CapabilityClaim[];
  readonly caveats: Caveats;
  readonly note?: string;
  readonly position: Position;
  readonly time: Instant;
  /** Events that it allowed; counted where it, or one above it, has a bound on them. */
  readonly uses: number;
  /** When its bucket of the rate is full again; 0 when it is. */
  readonly fullAt: Instant;
  /** Present once it was revoked itself; one below a revoked one is as dead. */
  readonly revoked?: CapabilityRevocation;
}

export interface CapabilityRevocation {
  readonly position: Position;
  readonly time: Instant;
  readonly by: HandleId;
  readonly reason: string;
}
