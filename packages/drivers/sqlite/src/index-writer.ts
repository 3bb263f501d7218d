import type { IndexMark } from '@tksm/abstractions';
import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { dropFileSum, keepFileSum } from './file-sum.ts';
import { keptKeys } from './index-reader.ts';
import type { IndexFolder } from './index-folder.ts';
import { prepareFile } from './index-schema.ts';
import { KeySum } from './key-sum.ts';
import { unpackRows } from './packed-rows.ts';
import type { PackedRows } from './packed-rows.ts';
import { rowSum } from './row-sum.ts';

/** Writes an index file: rows with their mark, or nothing of them. */
export class IndexWriter {
  readonly #db: DatabaseSync;
  readonly #add: StatementSync;
  readonly #replace: StatementSync;
  readonly #mark: StatementSync;
  readonly #folder: IndexFolder;
  #keys: KeySum;

  constructor(folder: IndexFolder) {
    this.#folder = folder;
    fs.mkdirSync(folder.dir, { recursive: true, mode: 0o700 });
    dropFileSum(folder);
    this.#db = new DatabaseSync(folder.file);
    prepareFile(this.#db);
    const row = 'INTO records (id, parent, body, sum) VALUES (?, ?, ?, ?)';
    this.#add = this.#db.prepare(`INSERT OR IGNORE ${row}`);
    this.#replace = this.#db.prepare(`INSERT OR REPLACE ${row}`);
    this.#mark = this.#db.prepare('INSERT OR REPLACE INTO mark VALUES (1, ?, ?, ?, ?)');
    this.#keys = keptKeys(this.#db);
  }

  /** Writes packs together; the mark is that of the last. */
  write(packs: readonly PackedRows[], mark: IndexMark): void {
    const keys = this.#keys.copy();
    this.#atomically(() => {
      for (const pack of packs) {
        for (const { id, parent, body } of unpackRows(pack)) {
          const sum = rowSum(id, parent, body);
          if (this.#add.run(id, parent, body, sum).changes === 1) keys.add(id);
          else this.#replace.run(id, parent, body, sum);
        }
      }
      this.#mark.run(mark.position, mark.hash, keys.size, keys.xor);
    });
    this.#keys = keys;
  }

  clear(): void {
    this.#atomically(() => {
      this.#db.exec('DELETE FROM records; DELETE FROM mark');
    });
    this.#keys = new KeySum();
  }

  /** Every other connection of this process is closed before. */
  close(): void {
    this.#db.close();
    keepFileSum(this.#folder);
  }

  #atomically(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      // A full disk may have ended it by itself.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}
