import { hash, jobId, KernelError } from '@tksm/abstractions';
import type { IndexMark, IndexRow, JobId } from '@tksm/abstractions';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { rowSum } from './row-sum.ts';

interface StoredRow {
  readonly id: Uint8Array;
  readonly parent: Uint8Array | null;
  readonly body: string;
  readonly sum: number;
}

/** Reads an index file. Whatever it cannot read, or finds changed, it refuses with `IndexDamaged`. */
export class IndexReader {
  readonly #db: DatabaseSync;
  readonly #get: StatementSync;
  readonly #children: StatementSync;
  readonly #between: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#get = db.prepare('SELECT id, parent, body, sum FROM records WHERE id = ?');
    this.#children = db.prepare('SELECT id FROM records WHERE parent = ? ORDER BY seq');
    this.#between = db.prepare('SELECT id FROM records WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?');
  }

  startingWith(prefix: string, limit: number): readonly JobId[] {
    if (!/^[0-9a-f]{0,32}$/.test(prefix)) return [];
    const [first, last] = ['0', 'f'].map((digit) => Buffer.from(prefix.padEnd(32, digit), 'hex'));
    return reading(() => idsOf(this.#between.all(first ?? null, last ?? null, limit)));
  }

  mark(): IndexMark | undefined {
    return reading(() => {
      const found = this.#db.prepare('SELECT position, hash FROM mark').get();
      return found && { position: Number(found.position), hash: hash(String(found.hash)) };
    });
  }

  size(): number {
    return reading(() => Number(this.#db.prepare('SELECT count(*) AS size FROM records').get()?.size));
  }

  get(id: JobId): string | undefined {
    return reading(() => {
      const row = this.#get.get(bytesOf(id)) as StoredRow | undefined;
      return row && checked(row).body;
    });
  }

  children(parent: JobId): readonly JobId[] {
    return reading(() => idsOf(this.#children.all(bytesOf(parent))));
  }

  *latest(): Generator<IndexRow> {
    const select = this.#db.prepare('SELECT id, parent, body, sum FROM records ORDER BY seq DESC');
    const rows = select.iterate() as IterableIterator<StoredRow>;
    for (;;) {
      const next = reading(() => rows.next());
      if (next.done === true) return;
      yield checked(next.value);
    }
  }

  close(): void {
    this.#db.close();
  }
}

export function bytesOf(id: JobId): Uint8Array {
  return Buffer.from(id, 'hex');
}

function checked({ id, parent, body, sum }: StoredRow): IndexRow {
  if (rowSum(id, parent, body) !== sum)
    throw new KernelError('IndexDamaged', 'a row of the index was changed');
  const row = { id: idOf(id), body };
  return parent === null ? row : { ...row, parent: idOf(parent) };
}

function idsOf(rows: readonly unknown[]): readonly JobId[] {
  return (rows as readonly Pick<StoredRow, 'id'>[]).map(({ id }) => idOf(id));
}

function idOf(bytes: Uint8Array): JobId {
  return jobId(Buffer.from(bytes).toString('hex'));
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof KernelError) throw cause;
    throw new KernelError('IndexDamaged', 'the index cannot be read', { cause });
  }
}
