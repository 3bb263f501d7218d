import { handleId, KernelError } from '@tksm/abstractions';
import type { CapabilityHandle, HandleId } from '@tksm/abstractions';

/** Id of the owner's handle: the same in every incarnation of a zone. */
export const OPERATOR_ID: HandleId = handleId('operator');

/**
 * The handles of a kernel. A handle is good only as the very object that was given out: one made elsewhere, or by
 * another kernel, allows nothing.
 */
export class HandleTable {
  readonly operator: CapabilityHandle = Object.freeze({ id: OPERATOR_ID });
  readonly #given = new WeakSet<CapabilityHandle>([this.operator]);

  /** A handle to give out. Whether it is live, the state says. */
  give(id: HandleId): CapabilityHandle {
    if (id === OPERATOR_ID) return this.operator;
    const handle = Object.freeze({ id });
    this.#given.add(handle);
    return handle;
  }

  /** The id under which an effect is recorded. @throws KernelError `CapabilityDenied` */
  authenticate(handle: CapabilityHandle): HandleId {
    if (typeof handle !== 'object' || !this.#given.has(handle)) {
      throw new KernelError('CapabilityDenied', 'the handle is not one of this kernel');
    }
    return handle.id;
  }
}
