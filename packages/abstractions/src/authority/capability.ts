import type { HandleId } from '../runtime/ids.ts';

/**
 * Authority as it is held inside a kernel. Handles come from the kernel alone; a look-alike object is refused.
 * What a handle allows is kernel state; the handle itself only names it.
 */
export interface CapabilityHandle {
  readonly id: HandleId;
}

/** A right a job asks for: an action on resources, `action:resource`, for example `kv.put:notes/*`. */
export type CapabilityClaim = string;
