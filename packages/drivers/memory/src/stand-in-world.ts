import type { Position, Rewrite, ScanOptions, World, WorldEntry, WorldView } from '@tksm/abstractions';

type Entries = ReadonlyMap<string, WorldEntry>;

/** The plainest world that keeps the contract: a sorted Map, made anew by every rewrite. */
export function standInWorld(): World {
  let view = viewOf(new Map(), 0);
  return {
    get position() {
      return view.position;
    },
    get size() {
      return view.size;
    },
    get: (key) => view.get(key),
    scan: (options) => view.scan(options),
    snapshot: () => view,
    apply({ puts = [], deletes = [] }: Rewrite, position: Position) {
      const entries = new Map(view.scan());
      for (const [key, value] of puts) {
        entries.set(key, { value, version: (entries.get(key)?.version ?? 0) + 1, position });
      }
      for (const key of deletes) entries.delete(key);
      view = viewOf(new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1))), position + 1);
    },
  };
}

function viewOf(entries: Entries, position: Position): WorldView {
  return {
    position,
    size: entries.size,
    get: (key) => entries.get(key),
    *scan({ prefix = '', after, limit = Number.POSITIVE_INFINITY }: ScanOptions = {}) {
      let left = limit;
      for (const [key, entry] of entries) {
        if (!key.startsWith(prefix) || (after !== undefined && key <= after)) continue;
        if (left-- <= 0) return;
        yield [key, entry] as const;
      }
    },
  };
}
