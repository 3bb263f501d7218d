import type { Position, Rewrite, ScanOptions, WorldEntry, WorldView } from '@tksm/abstractions';
import { expect } from 'vitest';

/** A world the slow way: a Map, sorted when it is scanned. */
export class WorldModel {
  readonly #entries: Map<string, WorldEntry>;
  #position: Position;

  constructor(entries: ReadonlyMap<string, WorldEntry> = new Map(), position: Position = 0) {
    this.#entries = new Map(entries);
    this.#position = position;
  }

  get position(): Position {
    return this.#position;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): WorldEntry | undefined {
    return this.#entries.get(key);
  }

  keys(): string[] {
    return [...this.#entries.keys()].sort();
  }

  apply({ puts = [], deletes = [] }: Rewrite, position: Position): void {
    for (const [key, value] of puts) {
      const version = (this.#entries.get(key)?.version ?? 0) + 1;
      this.#entries.set(key, { value, version, position });
    }
    for (const key of deletes) this.#entries.delete(key);
    this.#position = position + 1;
  }

  scan({ prefix = '', after, limit }: ScanOptions = {}): (readonly [string, WorldEntry | undefined])[] {
    return this.keys()
      .filter((key) => key.startsWith(prefix) && (after === undefined || key > after))
      .slice(0, limit)
      .map((key) => [key, this.#entries.get(key)]);
  }

  copy(): WorldModel {
    return new WorldModel(this.#entries, this.#position);
  }

  /** Checks a view against the model: all of it, and key by key. */
  check(view: WorldView): void {
    expect(view.position).toBe(this.position);
    expect(view.size).toBe(this.size);
    expect([...view.scan()]).toEqual(this.scan());
    for (const key of this.keys()) expect(view.get(key)).toEqual(this.get(key));
  }
}
