import type { HandleId, Instant, JobId, Position } from '../runtime/ids.ts';
import type { Caveats } from './caveats.ts';
import type { Ring } from './trust-policy.ts';

/**
 * Authority as it is held inside a kernel. Handles come from the kernel alone; a look-alike object is refused.
 * What a handle allows is kernel state; the handle itself only names it.
 */
export interface CapabilityHandle {
  readonly id: HandleId;
}

/** A right a job asks for: an action on resources, `action:resource`, for example `kv.put:notes/*`. */
export type CapabilityClaim = string;

/** Bounds of a grant, for a handle and for each block of a token. */
export const GRANT_LIMITS = Object.freeze({
  rights: 64,
  /** Characters of the rights together. */
  rightsText: 4_096,
  /** Characters. */
  note: 256,
});

/** What a handle is derived with: a part of what its parent has. */
export interface CapabilityGrant {
  /** Rights as text, `action:resource`; each is within one of the parent's. */
  readonly rights: readonly CapabilityClaim[];
  readonly caveats?: Caveats;
  /** How far out its holder is, for the trust policy. Default: as its parent; never further in. Tokens are of ring 3. */
  readonly ring?: Ring;
  /** What it is for, for those who read the log. */
  readonly note?: string;
}

/**
 * A derived handle as the state has it: one that was revoked is not there any more, nor any below it. The operator's has no
 * record: it allows everything, and cannot be revoked.
 */
export interface CapabilityRecord {
  readonly id: HandleId;
  readonly parent: HandleId;
  readonly rights: readonly CapabilityClaim[];
  readonly caveats?: Caveats;
  /** Absent: as its parent's. */
  readonly ring?: Ring;
  readonly note?: string;
  /** The revocation id of the token's block that it stands for. */
  readonly token?: string;
  readonly position: Position;
  readonly time: Instant;
  /** Events that it allowed, or one below it; counted while it has a bound on them. */
  readonly uses?: number;
  /** What is missing in the bucket of its rate, as of then. Absent: it never had less than all. */
  readonly spent?: { readonly tokens: number; readonly at: Instant };
}

/** A token that was revoked by its id, whether or not it was ever seen. */
export interface RevokedToken {
  readonly token: string;
  readonly by: HandleId;
  readonly position: Position;
  readonly time: Instant;
  /** When it would have expired. Absent: nobody knows, or never. */
  readonly expiresAt?: Instant;
}

/** What can be looked at from outside: a job, all events, or the health of the zone. */
export type Readable = { readonly job: JobId } | 'events' | 'health';

/** The live handles of a zone. */
export interface CapabilityReader {
  get(id: HandleId): CapabilityRecord | undefined;
  /** Parents before those below them. */
  list(): IterableIterator<CapabilityRecord>;
  /** Tokens that are taken in no more, by their ids; those that have expired may be left out. */
  revokedTokens(): IterableIterator<RevokedToken>;
}
