import { handleId, KernelError } from '@tksm/abstractions';
import type { CapabilityHandle, HandleId } from '@tksm/abstractions';
import type { Capability, CapabilityTable } from '../state/capability-table.ts';

/** Id of the owner's handle: the same in every incarnation of a zone. */
export const OPERATOR_ID: HandleId = handleId('operator');

/** A handle that was given out. Nobody can make one that has the mark: it has no name outside this class. */
class GivenHandle implements CapabilityHandle {
  readonly id: HandleId;
  readonly #table: HandleTable;
  /** What it was found to be. The way there is long when there are very many. */
  #found: Capability | undefined;

  constructor(id: HandleId, table: HandleTable) {
    this.id = id;
    this.#table = table;
    Object.freeze(this);
  }

  static isOf(handle: object, table: HandleTable): handle is GivenHandle {
    return #table in handle && handle.#table === table;
  }

  /** Has it at hand where handles are looked up. */
  static recall(handle: GivenHandle, capabilities: CapabilityTable): void {
    const found = capabilities.find(handle.id, handle.#found);
    if (found !== handle.#found) handle.#found = found;
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

  /**
   * The id under which an effect is recorded.
   *
   * @param capabilities where it will be looked up: it is at hand there from now on
   * @throws KernelError `CapabilityDenied`
   */
  authenticate(handle: CapabilityHandle, capabilities: CapabilityTable): HandleId {
    const given: unknown = handle;
    if (typeof given !== 'object' || given === null || !GivenHandle.isOf(given, this))
      throw new KernelError('CapabilityDenied', 'the handle is not one of this kernel');
    if (given !== this.operator) GivenHandle.recall(given, capabilities);
    return given.id;
  }
}
