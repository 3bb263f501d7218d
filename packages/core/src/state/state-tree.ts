import type { Hash } from '@tksm/abstractions';
import { DigestTree } from './digest-tree.ts';
import type { KernelState } from './kernel-state.ts';
import { entryKey, SECTION_NAMES, SECTIONS } from './sections.ts';
import type { SectionName } from './sections.ts';

/** Entries that may be touched between two digests, besides as many as the tree has; then it is dropped. */
const MAX_TOUCHED = 10_000;

/**
 * The digest tree over a state that changes. Whoever changes the state touches the entry: one insertion into a set.
 * There is no tree, and nothing to touch, before a digest was asked for.
 */
export class StateTree {
  readonly #state: KernelState;
  readonly #tree = new DigestTree();
  readonly #touched: Readonly<Record<SectionName, Set<string>>>;

  /** Hashes every entry. */
  constructor(state: KernelState) {
    this.#state = state;
    const touched = SECTION_NAMES.map((name) => [name, new Set<string>()] as const);
    this.#touched = Object.fromEntries(touched) as Record<SectionName, Set<string>>;
    for (const name of SECTION_NAMES) {
      for (const id of SECTIONS[name].ids(state)) this.#refresh(name, id);
    }
  }

  /** Notes that an entry changed, came or went. */
  touch(section: SectionName, id: string): void {
    const ids = this.#touched[section];
    ids.add(id);
    // Rarely asked for again: hashing everything then costs no more than what would have to be kept until then.
    if (ids.size > this.#tree.size + MAX_TOUCHED) this.#state.tree = undefined;
  }

  root(): Hash {
    return this.current().root();
  }

  /** The tree, with everything in it that was touched. */
  current(): DigestTree {
    this.touch('zone', '');
    for (const name of SECTION_NAMES) {
      const ids = this.#touched[name];
      for (const id of ids) this.#refresh(name, id);
      ids.clear();
    }
    return this.#tree;
  }

  #refresh(section: SectionName, id: string): void {
    const key = entryKey(section, id);
    const value = SECTIONS[section].get(this.#state, id);
    if (value === undefined) this.#tree.delete(key);
    else this.#tree.put(key, value);
  }
}
