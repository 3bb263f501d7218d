import { handleId, KernelError } from '@tksm/abstractions';
import type { CapabilityHandle, HandleId } from '@tksm/abstractions';

/** Id of the owner's handle: the same in every incarnation of a zone. */
export const OPERATOR_ID: HandleId = handleId('operator');

/** A handle that was given out. Nobody can make one that has the mark: it has no name outside this class. */
class GivenHandle implements CapabilityHandle {
  readonly id: HandleId;
  readonly #table: HandleTable;

  constructor(id: HandleId, table: HandleTable) {
    this.id = id;
    this.#table = table;
    Object.freeze(this);
  }

  static isOf(handle: object, table: HandleTable): handle is GivenHandle {
    return #table in handle && handle.#table === table;
  }
}

/**
 * The handles of a kernel. A handle is good only as the very object that was given out: one made elsewhere, or by
 * another kernel, allows nothing.
 */
export class HandleTable {
  readonly operator: CapabilityHandle = new GivenHandle(OPERATOR_ID, this);

  /** A handle to give out. Whether it is live, the state says. */
  give(id: HandleId): CapabilityHandle {
    if (id === OPERATOR_ID) return this.operator;
    return new GivenHandle(id, this);
  }

  /** The id under which an effect is recorded. @throws KernelError `CapabilityDenied` */
  authenticate(handle: CapabilityHandle): HandleId {
    const given: unknown = handle;
    if (typeof given === 'object' && given !== null && GivenHandle.isOf(given, this)) return given.id;
    throw new KernelError('CapabilityDenied', 'the handle is not one of this kernel');
  }
}
