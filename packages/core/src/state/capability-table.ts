import { OPERATOR_ID } from '../authority/handle-table.ts';
import type { Held } from '../authority/held.ts';
import { RINGS } from '@tksm/abstractions';
import { NO_METER, UseMeters } from './use-meters.ts';
import type { MeterRow } from './use-meters.ts';
import type { CapabilityRecord, Caveats, HandleId, Instant, Position, Ring } from '@tksm/abstractions';

const NONE: readonly Capability[] = [];

/** A live handle's facts, as it was derived. How often it was used is counted elsewhere. */
export class Capability {
  // What each use looks at stands together: with very many handles, each is far from the processor.
  readonly id: HandleId;
  /** The mark of the table that it is in, until it ends. Derived. */
  home: symbol | undefined = undefined;
  /** The earliest expiry of it and of those above it, where one has any. Derived. */
  readonly expiresAt: Instant | undefined;
  /** Where its uses are counted: by itself, or else the next one above that has a bound. Derived. */
  meter: MeterRow = NO_METER;
  /** The kind that it was last found to allow, whatever the input: who holds a handle mostly submits the same. Derived. */
  kind: string | undefined = undefined;
  /** What the gate has made of it, once it was asked for more. Derived. */
  held: Held | undefined = undefined;
  /** How far out its holder is. Derived. */
  readonly ring: Ring;
  readonly above: Capability | undefined;
  readonly parent: HandleId;
  readonly rights: readonly string[];
  readonly caveats: Caveats | undefined;
  /** Its own; it may have one from above, or be of a token. */
  readonly ownRing: Ring | undefined;
  readonly note: string | undefined;
  readonly token: string | undefined;
  readonly position: Position;
  readonly time: Instant;

  constructor(record: CapabilityRecord, above: Capability | undefined) {
    const { id, parent, rights, caveats, ring, note, token, position, time } = record;
    this.id = id;
    this.parent = parent;
    this.rights = rights;
    this.caveats = caveats;
    this.ownRing = ring;
    this.note = note;
    this.token = token;
    this.position = position;
    this.time = time;
    this.above = above;
    this.ring = token === undefined ? (ring ?? above?.ring ?? RINGS.kernel) : RINGS.outside;
    this.expiresAt = earlier(caveats?.expiresAt, above?.expiresAt);
  }

  isExpired(now: Instant): boolean {
    return this.expiresAt !== undefined && this.expiresAt <= now;
  }

  /** Whether it has a bound on uses of its own. */
  get isBounded(): boolean {
    return (this.caveats?.count ?? this.caveats?.rate) !== undefined;
  }

  /** Those of it and above it that have a bound on uses, from itself up. */
  get bounded(): readonly Capability[] {
    if (this.meter === NO_METER) return NONE;
    const found: Capability[] = this.isBounded ? [this] : [];
    for (let at = this.above; at !== undefined; at = at.above) if (at.isBounded) found.push(at);
    return found;
  }
}

/** The live handles, as a tree below the operator's. */
export class CapabilityTable {
  readonly #all = new Map<HandleId, Capability>();
  readonly #children = new Map<HandleId, Set<HandleId>>();
  /** Who has one that was here, as handles that were given out do, has not the whole table. */
  readonly #mark = Symbol('capabilities');
  /** Their uses. */
  readonly meters = new UseMeters();
  /** The one that was last asked for: an event is judged and counted by the same. */
  #last: Capability | undefined;

  get size(): number {
    return this.#all.size;
  }

  get(id: HandleId): Capability | undefined {
    if (this.#last?.id === id) return this.#last;
    const found = this.#all.get(id);
    if (found !== undefined) this.#last = found;
    return found;
  }

  /** The same for who remembers what was found before: that is looked at before the table is. */
  find(id: HandleId, before: Capability | undefined): Capability | undefined {
    if (before?.home !== this.#mark) return this.get(id);
    this.#last = before;
    return before;
  }

  /** Parents before those below them. */
  values(): IterableIterator<Capability> {
    return this.#all.values();
  }

  /** Adds a handle; its parent is there, or is the operator's. */
  add(record: CapabilityRecord): void {
    const { id, parent } = record;
    const above = this.#all.get(parent);
    const capability = new Capability(record, above);
    capability.home = this.#mark;
    capability.meter = this.meters.open(record, above?.meter ?? NO_METER);
    this.#all.set(id, capability);
    const siblings = this.#children.get(parent);
    if (siblings === undefined) this.#children.set(parent, new Set([id]));
    else siblings.add(id);
  }

  /** The facts of a handle as a record of their own: what is absent is left out. */
  recordOf(capability: Capability): CapabilityRecord {
    const { id, parent, rights, caveats, ownRing: ring, note, token, position, time } = capability;
    return {
      ...{ id, parent, rights, position, time },
      ...(caveats !== undefined && { caveats }),
      ...(ring !== undefined && { ring }),
      ...(note !== undefined && { note }),
      ...(token !== undefined && { token }),
      ...(capability.isBounded && this.meters.read(capability.meter)),
    };
  }

  /** Takes a handle out, and every one below it. Gives their ids. */
  remove(id: HandleId): readonly HandleId[] {
    const top = this.#all.get(id);
    if (top === undefined) return [];
    this.#last = undefined;
    const siblings = this.#children.get(top.parent);
    siblings?.delete(id);
    if (siblings?.size === 0) this.#children.delete(top.parent);
    const removed = [id];
    for (const next of removed) {
      removed.push(...(this.#children.get(next) ?? []));
      this.#children.delete(next);
      this.#end(next);
    }
    return removed;
  }

  #end(id: HandleId): void {
    const ended = this.#all.get(id);
    if (ended === undefined) return;
    ended.home = undefined;
    if (ended.isBounded) this.meters.close(ended.meter);
    this.#all.delete(id);
  }

  /** Whether a handle still allows anything. */
  isLive(id: HandleId, now: Instant): boolean {
    return id === OPERATOR_ID || this.#all.get(id)?.isExpired(now) === false;
  }

  /** How many handles are below another one; counted up to `most`. */
  countBelow(id: HandleId, most: number): number {
    const found = [...(this.#children.get(id) ?? [])];
    for (const next of found) {
      if (found.length >= most) break;
      found.push(...(this.#children.get(next) ?? []));
    }
    return Math.min(found.length, most);
  }

  /** Whether a handle is another one, or below it. */
  isWithin(id: HandleId, above: HandleId): boolean {
    for (let at: HandleId | undefined = id; at !== undefined; at = this.#all.get(at)?.parent) {
      if (at === above) return true;
    }
    return false;
  }
}

function earlier(one: Instant | undefined, other: Instant | undefined): Instant | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
