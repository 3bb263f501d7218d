import type { CapabilityRecord, HandleId } from '@tksm/abstractions';

/** A handle's facts while they change: uses and the fill of its bucket. */
export type CapabilityState = { -readonly [K in keyof CapabilityRecord]: CapabilityRecord[K] };

/** The live handles, as a tree below the operator's. A record stays the same object for as long as it is live. */
export class CapabilityTable {
  readonly #records = new Map<HandleId, CapabilityState>();
  readonly #children = new Map<HandleId, Set<HandleId>>();

  get size(): number {
    return this.#records.size;
  }

  get(id: HandleId): CapabilityState | undefined {
    return this.#records.get(id);
  }

  /** Parents before those below them. */
  values(): IterableIterator<CapabilityState> {
    return this.#records.values();
  }

  /** Adds a handle; its parent is there, or is the operator's. */
  add(record: CapabilityState): void {
    const { id, parent } = record;
    this.#records.set(id, record);
    const siblings = this.#children.get(parent);
    if (siblings === undefined) this.#children.set(parent, new Set([id]));
    else siblings.add(id);
  }

  /** Takes a handle out, and every one below it. Gives their ids. */
  remove(id: HandleId): readonly HandleId[] {
    const record = this.#records.get(id);
    if (record === undefined) return [];
    const siblings = this.#children.get(record.parent);
    siblings?.delete(id);
    if (siblings?.size === 0) this.#children.delete(record.parent);
    const removed = [id];
    for (const next of removed) {
      removed.push(...(this.#children.get(next) ?? []));
      this.#children.delete(next);
      this.#records.delete(next);
    }
    return removed;
  }

  /** Whether a handle is another one, or below it. */
  isWithin(id: HandleId, above: HandleId): boolean {
    for (let at: HandleId | undefined = id; at !== undefined; at = this.#records.get(at)?.parent) {
      if (at === above) return true;
    }
    return false;
  }
}
