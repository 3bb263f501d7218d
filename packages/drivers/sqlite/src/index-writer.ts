import type { IndexMark, IndexRow } from '@tksm/abstractions';
import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { bytesOf } from './index-reader.ts';
import type { IndexFolder } from './index-folder.ts';
import { prepareFile } from './index-schema.ts';
import { rowSum } from './row-sum.ts';

/** Writes an index file: each batch of rows with its mark, or nothing of it. */
export class IndexWriter {
  readonly #db: DatabaseSync;
  readonly #put: StatementSync;
  readonly #mark: StatementSync;

  constructor({ dir, file }: IndexFolder) {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.#db = new DatabaseSync(file);
    prepareFile(this.#db);
    this.#put = this.#db.prepare(
      'INSERT OR REPLACE INTO records (id, parent, body, sum) VALUES (?, ?, ?, ?)',
    );
    this.#mark = this.#db.prepare('INSERT OR REPLACE INTO mark (one, position, hash) VALUES (1, ?, ?)');
  }

  write(rows: readonly IndexRow[], mark: IndexMark): void {
    this.#atomically(() => {
      for (const { id, parent, body } of rows) {
        const key = bytesOf(id);
        const parentKey = parent === undefined ? null : bytesOf(parent);
        this.#put.run(key, parentKey, body, rowSum(key, parentKey, body));
      }
      this.#mark.run(mark.position, mark.hash);
    });
  }

  clear(): void {
    this.#atomically(() => {
      this.#db.exec('DELETE FROM records; DELETE FROM mark');
    });
  }

  close(): void {
    this.#db.close();
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
