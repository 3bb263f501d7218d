/** How items of a heap are ordered, and how each remembers where it is. */
export interface HeapOrder<T> {
  before(one: T, other: T): boolean;
  indexOf(item: T): number;
  setIndex(item: T, index: number): void;
}

/**
 * A binary heap whose items know their index, so that any of them is removed or moved in O(log n). Source: Cormen et al.,
 * Introduction to Algorithms, heaps.
 */
export class IndexedHeap<T> {
  #items: T[] = [];
  readonly #order: HeapOrder<T>;

  constructor(order: HeapOrder<T>) {
    this.#order = order;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  shift(): T | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Empties it: its items in order. Those that were pushed in order, nearly all, are so already. */
  takeAll(): T[] {
    const { before } = this.#order;
    const items = this.#items.sort((one, other) => (before(one, other) ? -1 : 1));
    this.#items = [];
    return items;
  }

  remove(item: T): boolean {
    const index = this.#order.indexOf(item);
    if (this.#items[index] !== item) return false;
    const last = this.#items.pop();
    if (last !== undefined && last !== item) this.#settle(last, index);
    return true;
  }

  /** Puts an item right whose place in the order has changed. */
  moved(item: T): void {
    if (this.#items.length > 1) this.#settle(item, this.#order.indexOf(item));
  }

  #settle(item: T, index: number): void {
    const above = this.#items[(index - 1) >> 1];
    if (index > 0 && above !== undefined && this.#order.before(item, above)) this.#rise(item, index);
    else this.#sink(item, index);
  }

  #rise(item: T, index: number): void {
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.#items[parent];
      if (above === undefined || !this.#order.before(item, above)) break;
      this.#put(above, index);
      index = parent;
    }
    this.#put(item, index);
  }

  #sink(item: T, index: number): void {
    for (;;) {
      let child = 2 * index + 1;
      let lower = this.#items[child];
      if (lower === undefined) break;
      const right = this.#items[child + 1];
      if (right !== undefined && this.#order.before(right, lower)) {
        lower = right;
        child += 1;
      }
      if (!this.#order.before(lower, item)) break;
      this.#put(lower, index);
      index = child;
    }
    this.#put(item, index);
  }

  #put(item: T, index: number): void {
    this.#items[index] = item;
    this.#order.setIndex(item, index);
  }
}
