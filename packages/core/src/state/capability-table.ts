import { OPERATOR_ID } from '../authority/handle-table.ts';
import type { Held } from '../authority/held.ts';
import { RINGS } from '@tksm/abstractions';
import type { CapabilityRecord, Caveats, HandleId, Instant, Position, Ring } from '@tksm/abstractions';

/** A live handle's facts: all but its counters are what it was derived with. */
export class Capability {
  readonly id: HandleId;
  // What each use looks at stands together: with very many handles, each is far from the processor.
  /** The earliest expiry of it and of those above it. Derived. */
  readonly expiresAt: Instant;
  /** What the gate has made of it, once it was asked. Derived. */
  held: Held | undefined = undefined;
  /** Those of it and above it that have a bound on uses, from itself up. Derived. */
  readonly bounded: readonly Capability[];
  /** Events that it allowed, or one below it; counted while it has a bound on them. */
  uses: number;
  /** Most uses in all, and of its rate: what is looked at each time. Derived. */
  readonly most: number;
  readonly limit: number;
  readonly periodMs: number;
  /** What is missing in the bucket of its rate, as of then. */
  tokens: number;
  tokensAt: Instant;
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
    const { id, parent, rights, caveats, ring, note, token, position, time, uses = 0, spent } = record;
    this.id = id;
    this.parent = parent;
    this.rights = rights;
    this.caveats = caveats;
    this.ownRing = ring;
    this.note = note;
    this.token = token;
    this.position = position;
    this.time = time;
    this.uses = uses;
    this.tokens = spent?.tokens ?? 0;
    this.tokensAt = spent?.at ?? 0;
    this.above = above;
    this.ring = token === undefined ? (ring ?? above?.ring ?? RINGS.kernel) : RINGS.outside;
    this.expiresAt = Math.min(
      caveats?.expiresAt ?? Number.POSITIVE_INFINITY,
      above?.expiresAt ?? Number.POSITIVE_INFINITY,
    );
    this.most = caveats?.count ?? Number.POSITIVE_INFINITY;
    this.limit = caveats?.rate?.limit ?? Number.POSITIVE_INFINITY;
    this.periodMs = caveats?.rate?.periodMs ?? 1;
    const isBounded = (caveats?.count ?? caveats?.rate) !== undefined;
    const others = above?.bounded ?? [];
    this.bounded = isBounded ? [this, ...others] : others;
  }

  /** The facts as a record of their own: what is absent is left out. */
  get record(): CapabilityRecord {
    const { id, parent, rights, caveats, note, token, position, time, uses, tokens, tokensAt } = this;
    const { ownRing: ring } = this;
    return {
      ...{ id, parent, rights, position, time },
      ...(caveats !== undefined && { caveats }),
      ...(ring !== undefined && { ring }),
      ...(note !== undefined && { note }),
      ...(token !== undefined && { token }),
      ...(uses > 0 && { uses }),
      ...(tokens > 0 && { spent: { tokens, at: tokensAt } }),
    };
  }

  /** How many tokens are missing in the bucket of its rate by now. */
  missingAt(now: Instant): number {
    const { tokens, tokensAt, limit, periodMs } = this;
    // Without a rate nothing is ever missing.
    if (limit === Number.POSITIVE_INFINITY) return 0;
    return Math.max(0, tokens - ((now - tokensAt) * limit) / periodMs);
  }

  countUse(now: Instant): void {
    this.tokens = this.missingAt(now) + 1;
    this.tokensAt = now;
    this.uses += 1;
  }
}

/** The live handles, as a tree below the operator's. */
export class CapabilityTable {
  readonly #all = new Map<HandleId, Capability>();
  readonly #children = new Map<HandleId, Set<HandleId>>();
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

  /** Parents before those below them. */
  values(): IterableIterator<Capability> {
    return this.#all.values();
  }

  /** Adds a handle; its parent is there, or is the operator's. */
  add(record: CapabilityRecord): void {
    const { id, parent } = record;
    this.#all.set(id, new Capability(record, this.#all.get(parent)));
    const siblings = this.#children.get(parent);
    if (siblings === undefined) this.#children.set(parent, new Set([id]));
    else siblings.add(id);
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
      this.#all.delete(next);
    }
    return removed;
  }

  /** Whether a handle still allows anything. */
  isLive(id: HandleId, now: Instant): boolean {
    return id === OPERATOR_ID || (this.#all.get(id)?.expiresAt ?? 0) > now;
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
