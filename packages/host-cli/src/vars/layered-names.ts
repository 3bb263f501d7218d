import { VAR_LAYERS, toStored } from '@tksm/abstractions';
import type { Rewrite, StoredValue, VarLayer, VarStore } from '@tksm/abstractions';

export interface NameChanged {
  readonly name: string;
  readonly layer: VarLayer;
  /** The effective value after the change, over all layers; null when there is none. */
  readonly after: StoredValue;
}

/** Variables of all layers, kept up to date from rewrites: for a follower that has no kernel. */
export class LayeredNames {
  readonly #layers: ReadonlyMap<VarLayer, Map<string, StoredValue>>;

  constructor(vars: VarStore) {
    this.#layers = new Map(
      VAR_LAYERS.map((layer) => [
        layer,
        new Map(vars.list({ layer }).map(({ name, value }) => [name, toStored(value)])),
      ]),
    );
  }

  apply({ puts = [], deletes = [] }: Rewrite): NameChanged[] {
    const touched: { layer: VarLayer; name: string }[] = [];
    for (const key of deletes) {
      const place = placeOf(key);
      if (place === undefined) continue;
      this.#layers.get(place.layer)?.delete(place.name);
      touched.push(place);
    }
    for (const [key, stored] of puts) {
      const place = placeOf(key);
      if (place === undefined) continue;
      const { value } = stored as { readonly value: StoredValue };
      this.#layers.get(place.layer)?.set(place.name, value);
      touched.push(place);
    }
    return touched.map(({ layer, name }) => ({ name, layer, after: this.#effective(name) }));
  }

  #effective(name: string): StoredValue {
    for (const layer of VAR_LAYERS.toReversed()) {
      const value = this.#layers.get(layer)?.get(name);
      if (value !== undefined) return value;
    }
    return null;
  }
}

/** Variables lie in the world under `var/<layer>/<name>`. */
function placeOf(key: string): { layer: VarLayer; name: string } | undefined {
  const layer = VAR_LAYERS.find((known) => key.startsWith(`var/${known}/`));
  return layer === undefined ? undefined : { layer, name: key.slice(`var/${layer}/`.length) };
}
