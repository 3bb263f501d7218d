import { hash, KernelError } from '@tksm/abstractions';
import type { IndexMark, IndexRow, JobId } from '@tksm/abstractions';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { KeySum } from './key-sum.ts';
import { ID_BYTES, idOf } from './packed-rows.ts';
import { rowSum } from './row-sum.ts';

/** Ids that are looked at together, so that memory stays small. */
const IDS_AT_ONCE = 8_192;

const NEXT_IDS = `SELECT group_concat(hex(id), '') AS joined FROM
  (SELECT id FROM records INDEXED BY records_by_id WHERE id > ? ORDER BY id LIMIT ?)`;

interface StoredRow {
  readonly id: Uint8Array;
  readonly parent: Uint8Array | null;
  readonly body: Uint8Array;
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

  /** Makes sure that every row is found by its id. About 0.2 µs a row. */
  checkKeys(): void {
    reading(() => {
      const kept = keptKeys(this.#db);
      const found = new KeySum();
      const next = this.#db.prepare(NEXT_IDS);
      // Before every id: a shorter key comes first.
      let ids = Buffer.alloc(1);
      do {
        const { joined } = next.get(ids.subarray(-ID_BYTES), IDS_AT_ONCE) as {
          readonly joined: string | null;
        };
        ids = Buffer.from(joined ?? '', 'hex');
        found.add(ids);
        // Keys out of order could lead in a circle.
      } while (ids.length === IDS_AT_ONCE * ID_BYTES && found.size <= kept.size);
      found.mustEqual(kept);
    });
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

/** The sum of ids that lies beside the mark. */
export function keptKeys(db: DatabaseSync): KeySum {
  const kept = db.prepare('SELECT size, ids FROM mark').get();
  return kept === undefined ? new KeySum() : new KeySum(Number(kept.size), kept.ids as Uint8Array);
}

function bytesOf(id: JobId): Uint8Array {
  return Buffer.from(id, 'hex');
}

function checked({ id, parent, body, sum }: StoredRow): IndexRow {
  if (rowSum(id, parent, body) !== sum)
    throw new KernelError('IndexDamaged', 'a row of the index was changed');
  const row = { id: idOf(id), body: Buffer.from(body.buffer, body.byteOffset, body.length).toString() };
  return parent === null ? row : { ...row, parent: idOf(parent) };
}

function idsOf(rows: readonly unknown[]): readonly JobId[] {
  return (rows as readonly Pick<StoredRow, 'id'>[]).map(({ id }) => idOf(id));
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof KernelError) throw cause;
    throw new KernelError('IndexDamaged', 'the index cannot be read', { cause });
  }
}
