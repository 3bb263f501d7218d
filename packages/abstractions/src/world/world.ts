import type { Position } from '../runtime/ids.ts';
import type { StoredValue } from '../values/value.ts';
import type { Rewrite } from './rewrite.ts';

export interface WorldEntry {
  readonly value: StoredValue;
  /** How often the key was put since it last came into being, from 1. */
  readonly version: number;
  /** Position of the event that put it. */
  readonly position: Position;
}

export interface ScanOptions {
  readonly prefix?: string;
  /** Only keys after this one. */
  readonly after?: string;
  readonly limit?: number;
}

/** An unchanging view of the world as of one position. */
export interface WorldView {
  /** Number of events the view has seen. */
  readonly position: Position;
  readonly size: number;
  get(key: string): WorldEntry | undefined;
  /** Entries in the order of their keys' UTF-16 code units. */
  scan(options?: ScanOptions): IterableIterator<readonly [key: string, entry: WorldEntry]>;
}

/** The versioned, ordered key space of a zone. Only events change it. */
export interface World extends WorldView {
  /** Applies a rewrite as the event at `position`. */
  apply(rewrite: Rewrite, position: Position): void;
  /** A view that later rewrites leave alone. O(1). */
  snapshot(): WorldView;
}
