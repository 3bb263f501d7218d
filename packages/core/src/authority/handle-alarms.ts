import type { HandleId, Instant, KernelEvent } from '@tksm/abstractions';
import type { DueQueue } from '../scheduler/due-queue.ts';
import type { Capability } from '../state/capability-table.ts';
import type { KernelState } from '../state/kernel-state.ts';

/**
 * When handles expire: one alarm for each that ends before those above it do, so that a tree is ended from its top. Derived
 * from state, and rebuilt at start.
 */
export class HandleAlarms {
  readonly #state: KernelState;
  readonly #due: DueQueue;

  constructor(state: KernelState, due: DueQueue) {
    this.#state = state;
    this.#due = due;
    due.judge(['capability'], ({ id }) => state.capabilities.get(id as HandleId) !== undefined);
    for (const capability of state.capabilities.values()) this.#follow(capability);
  }

  /** Takes in an event that was just applied. */
  observe(event: KernelEvent): void {
    if (event.type === 'capability.derived') this.#follow(this.#state.capabilities.get(event.handle));
    else if (event.type === 'capability.revoked' || event.type === 'token.revoked') this.#due.prune();
  }

  /** The event that is due when an alarm rings, if it still holds. */
  ring(id: string, now: Instant): KernelEvent | undefined {
    const handle = id as HandleId;
    if (this.#state.capabilities.get(handle)?.isExpired(now) !== true) return undefined;
    return { type: 'capability.expired', v: 1, handle };
  }

  #follow(capability: Capability | undefined): void {
    if (capability === undefined) return;
    const { id, expiresAt: at, above } = capability;
    // One that expires with that above it goes with it.
    if (at !== undefined && at !== above?.expiresAt) this.#due.push({ at, id, what: 'capability' });
  }
}
