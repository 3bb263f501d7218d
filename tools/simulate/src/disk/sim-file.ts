/** What a disk writes whole or not at all. */
export const SECTOR_BYTES = 512;

/** Something that a file was told and that no flush has confirmed. */
type Change =
  | { readonly what: 'write'; readonly at: number; readonly bytes: Buffer }
  | { readonly what: 'cut'; readonly size: number };

/** What a power loss made of the changes of a file. */
export interface Survival {
  readonly lost: number;
  readonly kept: number;
  /** A change survived that was made after one that did not. */
  readonly isReordered: boolean;
}

/** One file: what the machine sees in its cache, what is on the platter, and the changes between. */
export class SimFile {
  /** Where it is named now, and as of the last flush of its folder. */
  name: string | undefined;
  durableName: string | undefined;
  #platter: Buffer = Buffer.alloc(0);
  #cache: Buffer = Buffer.alloc(0);
  #changes: Change[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get cache(): Buffer {
    return this.#cache;
  }

  get platter(): Buffer {
    return this.#platter;
  }

  write(at: number, bytes: Buffer): void {
    const change = { what: 'write' as const, at, bytes: Buffer.from(bytes) };
    this.#cache = written(this.#cache, change);
    this.#changes.push(change);
  }

  /** The cache has it, the platter never will. */
  writeCacheOnly(at: number, bytes: Buffer): void {
    this.#cache = written(this.#cache, { at, bytes });
  }

  cut(size: number): void {
    this.#cache = resized(this.#cache, size);
    this.#changes.push({ what: 'cut', size });
  }

  /** Changes bytes at rest. */
  rot(at: number, bytes: Buffer): void {
    bytes.copy(this.#cache, at);
    bytes.copy(this.#platter, at);
  }

  flush(): void {
    for (const change of this.#changes) this.#keep(change);
    this.#changes = [];
  }

  /** Gives the changes up, but for those that `keeps` chooses. The cache goes on as if nothing had happened. */
  drop(keeps: () => boolean): Survival {
    let [lost, kept, isReordered] = [0, 0, false];
    for (const change of this.#changes.flatMap(bySectors)) {
      if (!keeps()) lost += 1;
      else {
        kept += 1;
        isReordered ||= lost > 0;
        this.#keep(change);
      }
    }
    this.#changes = [];
    return { lost, kept, isReordered };
  }

  /** The machine starts again: what it sees is what the platter holds. */
  reread(): void {
    this.#cache = Buffer.from(this.#platter);
  }

  #keep(change: Change): void {
    this.#platter =
      change.what === 'cut' ? resized(this.#platter, change.size) : written(this.#platter, change);
  }
}

function bySectors(change: Change): Change[] {
  if (change.what === 'cut') return [change];
  const { at, bytes } = change;
  const parts: Change[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, (Math.floor((at + from) / SECTOR_BYTES) + 1) * SECTOR_BYTES - at);
    parts.push({ what: 'write', at: at + from, bytes: bytes.subarray(from, to) });
    from = to;
  }
  return parts;
}

function written(into: Buffer, { at, bytes }: { readonly at: number; readonly bytes: Buffer }): Buffer {
  const end = at + bytes.length;
  const whole = end > into.length ? resized(into, end) : into;
  bytes.copy(whole, at);
  return whole;
}

function resized(bytes: Buffer, size: number): Buffer {
  const copy = Buffer.alloc(size);
  bytes.copy(copy, 0, 0, Math.min(size, bytes.length));
  return copy;
}
