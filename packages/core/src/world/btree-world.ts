import type { Position, Rewrite, ScanOptions, World, WorldEntry, WorldView } from '@tksm/abstractions';
import sortedBTree from 'sorted-btree';

// A CommonJS package: a loader that honours its __esModule mark (Vite's) gives the class itself.
const loaded: unknown = sortedBTree;
const BTree = typeof loaded === 'function' ? (loaded as typeof sortedBTree.default) : sortedBTree.default;
type Tree = InstanceType<typeof BTree<string, WorldEntry>>;

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A view over one tree that nobody changes any more. */
class TreeView implements WorldView {
  readonly position: Position;
  readonly #tree: Tree;

  constructor(tree: Tree, position: Position) {
    this.#tree = tree;
    this.position = position;
  }

  get size(): number {
    return this.#tree.size;
  }

  get(key: string): WorldEntry | undefined {
    return this.#tree.get(key);
  }

  scan(options: ScanOptions = {}): IterableIterator<readonly [key: string, entry: WorldEntry]> {
    return scanTree(this.#tree, options);
  }
}

/**
 * The world in memory: a copy-on-write B+ tree. A snapshot shares the tree with the live world; whichever is written
 * next copies the nodes it touches, so taking one is O(1) and a view never changes.
 */
export class BTreeWorld implements World {
  #tree: Tree = new BTree<string, WorldEntry>(undefined, byCodeUnits);
  #position: Position = 0;

  get position(): Position {
    return this.#position;
  }

  get size(): number {
    return this.#tree.size;
  }

  get(key: string): WorldEntry | undefined {
    return this.#tree.get(key);
  }

  scan(options: ScanOptions = {}): IterableIterator<readonly [key: string, entry: WorldEntry]> {
    return scanTree(this.#tree, options);
  }

  apply(rewrite: Rewrite, position: Position): void {
    for (const key of rewrite.deletes ?? []) this.#tree.delete(key);
    for (const [key, value] of rewrite.puts ?? []) {
      const version = (this.#tree.get(key)?.version ?? 0) + 1;
      this.#tree.set(key, { value, version, position });
    }
    this.#position = position + 1;
  }

  /** Takes an entry of a snapshot in, as it was. */
  restore(key: string, entry: WorldEntry): void {
    this.#tree.set(key, entry);
  }

  /** A world of its own that begins as this one is. O(1). `position` is what its view has seen. */
  fork(position: Position): BTreeWorld {
    const fork = new BTreeWorld();
    fork.#tree = this.#tree.clone();
    fork.#position = position;
    return fork;
  }

  snapshot(): WorldView {
    return new TreeView(this.#tree.clone(), this.#position);
  }
}

function* scanTree(tree: Tree, options: ScanOptions): Generator<readonly [string, WorldEntry]> {
  const { prefix = '', after, limit = Number.POSITIVE_INFINITY } = options;
  const start = after !== undefined && after >= prefix ? after : prefix;
  let left = limit;
  for (const [key, entry] of tree.entries(start)) {
    if (key === after) continue;
    if (left-- <= 0 || !key.startsWith(prefix)) return;
    yield [key, entry];
  }
}
