import type { IndexMark, IndexRow } from '@tksm/abstractions';
import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { dropFileSum, keepFileSum } from './file-sum.ts';
import { bytesOf, keptKeys } from './index-reader.ts';
import type { IndexFolder } from './index-folder.ts';
import { prepareFile } from './index-schema.ts';
import { KeySum } from './key-sum.ts';
import { rowSum } from './row-sum.ts';

/** Writes an index file: each batch of rows with its mark, or nothing of it. */
export class IndexWriter {
  readonly #db: DatabaseSync;
  readonly #put: StatementSync;
  readonly #mark: StatementSync;
  readonly #has: StatementSync;
  readonly #folder: IndexFolder;
  #keys: KeySum;

  constructor(folder: IndexFolder) {
    this.#folder = folder;
    fs.mkdirSync(folder.dir, { recursive: true, mode: 0o700 });
    dropFileSum(folder);
    this.#db = new DatabaseSync(folder.file);
    prepareFile(this.#db);
    this.#put = this.#db.prepare(
      'INSERT OR REPLACE INTO records (id, parent, body, sum) VALUES (?, ?, ?, ?)',
    );
    this.#mark = this.#db.prepare('INSERT OR REPLACE INTO mark VALUES (1, ?, ?, ?, ?)');
    this.#has = this.#db.prepare('SELECT 1 FROM records WHERE id = ?');
    this.#keys = keptKeys(this.#db);
  }

  write(rows: readonly IndexRow[], mark: IndexMark): void {
    const keys = this.#keys.copy();
    this.#atomically(() => {
      for (const { id, parent, body } of rows) {
        const key = bytesOf(id);
        const parentKey = parent === undefined ? null : bytesOf(parent);
        if (this.#has.get(key) === undefined) keys.add(key);
        this.#put.run(key, parentKey, body, rowSum(key, parentKey, body));
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
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}
