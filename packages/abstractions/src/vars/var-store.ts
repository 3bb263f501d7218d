import type { Position } from '../runtime/ids.ts';
import type { StoredObject, Value } from '../values/value.ts';

/** Layers from weakest to strongest: a variable is read from the strongest that has it. */
export const VAR_LAYERS = Object.freeze(['environment', 'files', 'plugins', 'runtime'] as const);
export type VarLayer = (typeof VAR_LAYERS)[number];

/** Changes with every write of the variable in its layer. Opaque. */
export type Etag = string;

export interface Variable {
  readonly name: string;
  readonly value: Value;
  readonly etag: Etag;
  readonly layer: VarLayer;
  readonly version: number;
  readonly metadata: StoredObject;
  /** Position of the event that wrote it. */
  readonly position: Position;
}

/** What must hold of one variable in one layer for an apply to happen. */
export interface VarPrecondition {
  readonly name: string;
  readonly layer?: VarLayer;
  /** The etag it must have; null: it must not exist. */
  readonly etag: Etag | null;
}

export type VarChange =
  | { readonly op: 'set'; readonly name: string; readonly value: Value; readonly metadata?: StoredObject }
  | { readonly op: 'delete'; readonly name: string };

/** Input of the operation `var.apply`: all changes in one layer, or none. */
export interface VarApply {
  readonly layer?: VarLayer;
  readonly changes: readonly VarChange[];
  readonly preconditions?: readonly VarPrecondition[];
}

/** A change as its subscribers see it. A deleted variable may reveal the layer below: then `after` is that. */
export interface VarChanged {
  readonly name: string;
  readonly layer: VarLayer;
  readonly position: Position;
  /** The effective variable after the change, over all layers. */
  readonly after: Variable | undefined;
}

export interface VarQuery {
  readonly prefix?: string;
  /** Only this layer, instead of the effective value over all. */
  readonly layer?: VarLayer;
}

/** Reads of the VarStore. Writes are the operations `var.set`, `var.delete` and `var.apply`. */
export interface VarStore {
  get(name: string, layer?: VarLayer): Variable | undefined;
  list(query?: VarQuery): readonly Variable[];
}
