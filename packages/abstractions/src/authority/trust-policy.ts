import type { CapabilityClaim } from './capability.ts';
import type { RightUse } from './use.ts';
import type { HandleId } from '../runtime/ids.ts';

/** How far from the kernel somebody is: 0 the kernel and its owner, 1 system plugins, 2 user plugins, 3 clients from outside. */
export type Ring = 0 | 1 | 2 | 3;
export const RINGS = Object.freeze({ kernel: 0, system: 1, plugin: 2, outside: 3 } as const);

/** A job that somebody wants to have queued. */
export interface AdmissionRequest {
  readonly kind: string;
  /** The outermost ring that the kind is for. */
  readonly kindRing: Ring;
  readonly by: HandleId;
  /** Of the handle. */
  readonly ring: Ring;
  readonly origin?: string;
  readonly agent?: string;
  readonly claims?: readonly CapabilityClaim[];
  readonly uses?: readonly RightUse[];
}

/**
 * Decides whether a job is taken at all, before it is queued and beside what its handle allows: a right says what somebody
 * may do, a policy whom this host trusts with it. It answers from the request alone, at once.
 */
export interface TrustPolicy {
  readonly name: string;
  /** Whether it is asked about what the owner of the zone submits, too. Default: not. */
  readonly judgesOwner?: boolean;
  /** Why a job is refused; undefined when it is not. One that throws refuses. */
  refuses(request: AdmissionRequest): string | undefined;
}
