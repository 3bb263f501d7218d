import { fromStored, VAR_LAYERS } from '@tksm/abstractions';
import type {
  StoredObject,
  StoredValue,
  Variable,
  VarLayer,
  VarQuery,
  VarStore,
  WorldEntry,
  WorldView,
} from '@tksm/abstractions';

/** Where variables live in the world: `var/<layer>/<name>`. */
export const VAR_PREFIX = 'var/';

const STRONGEST_FIRST: readonly VarLayer[] = [...VAR_LAYERS].reverse();

/** A variable as the world holds it. */
interface StoredVariable {
  readonly value: StoredValue;
  readonly metadata?: StoredObject;
}

export function varKey(layer: VarLayer, name: string): string {
  return `${VAR_PREFIX}${layer}/${name}`;
}

/** The layer and name behind a key of the world, or undefined when it is not a variable's. */
export function parseVarKey(key: string): { readonly layer: VarLayer; readonly name: string } | undefined {
  const layer = VAR_LAYERS.find((known) => key.startsWith(varKey(known, '')));
  return layer === undefined ? undefined : { layer, name: key.slice(varKey(layer, '').length) };
}

/** The VarStore as a typed view of the world. An etag belongs to a variable in one layer. */
export class WorldVars implements VarStore {
  readonly #world: WorldView;

  constructor(world: WorldView) {
    this.#world = world;
  }

  get(name: string, layer?: VarLayer): Variable | undefined {
    for (const candidate of layer === undefined ? STRONGEST_FIRST : [layer]) {
      const entry = this.#world.get(varKey(candidate, name));
      if (entry !== undefined) return toVariable(name, candidate, entry);
    }
    return undefined;
  }

  list(query: VarQuery = {}): readonly Variable[] {
    const found = new Map<string, Variable>();
    for (const layer of query.layer === undefined ? VAR_LAYERS : [query.layer]) {
      for (const [key, entry] of this.#world.scan({ prefix: varKey(layer, query.prefix ?? '') })) {
        const name = key.slice(varKey(layer, '').length);
        found.set(name, toVariable(name, layer, entry));
      }
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function toVariable(name: string, layer: VarLayer, entry: WorldEntry): Variable {
  const { value, metadata } = entry.value as unknown as StoredVariable;
  const { version, position } = entry;
  return {
    name,
    layer,
    version,
    position,
    value: fromStored(value),
    etag: etagOf(entry),
    metadata: metadata ?? {},
  };
}

/** The etag of a world entry: where it was written. */
export function etagOf(entry: WorldEntry): string {
  return String(entry.position);
}
