import { hash, jobId } from '@tksm/abstractions';
import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { indexFolder } from './index-folder.ts';
import { IndexWriter } from './index-writer.ts';
import { packRows } from './packed-rows.ts';

/** SQLite's own code for a full disk. */
const SQLITE_FULL = 13;

it('says that the disk is full, and writes when it is not any more', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tksm-full-'));
  const writer = new IndexWriter(indexFolder(dir));
  onTestFinished(() => {
    writer.close();
    fs.rmSync(dir, { recursive: true, force: true });
  });
  const rows = packRows(
    Array.from({ length: 100 }, (_, n) => ({
      id: jobId(n.toString(16).padStart(32, '0')),
      body: 'x'.repeat(2_000),
    })),
  );
  const mark = { position: 1, hash: hash('a'.repeat(64)) };
  const write = (pages: number): void => {
    const spied = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (
      this: DatabaseSync,
      sql,
    ) {
      for (const row of [`PRAGMA max_page_count = ${pages}`, sql]) this.prepare(row).run();
    });
    try {
      writer.write([rows], mark);
    } finally {
      spied.mockRestore();
    }
  };
  expect(() => {
    write(8);
  }).toThrow(expect.objectContaining({ errcode: SQLITE_FULL }));
  expect(() => {
    write(8_000);
  }).not.toThrow();
});
