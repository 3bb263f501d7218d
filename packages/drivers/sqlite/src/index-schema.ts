import type { DatabaseSync } from 'node:sqlite';

/** `tkji`, in the header of the file. */
const APPLICATION_ID = 0x746b_6a69;
const SCHEMA_VERSION = 3;
/** How long one thread waits for the other's transaction. */
const BUSY_MS = 10_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS records (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    parent BLOB,
    body BLOB NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS records_by_id ON records (id);
  CREATE INDEX IF NOT EXISTS records_by_parent ON records (parent, seq, id) WHERE parent IS NOT NULL;
  CREATE TABLE IF NOT EXISTS mark (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL,
    hash TEXT NOT NULL,
    size INTEGER NOT NULL,
    ids BLOB NOT NULL
  ) STRICT;
`;

/** Ids come in no order: pages that are met again soon stay in memory (64 MiB at most), and in the WAL (64 MiB). */
const CACHE_KIB = 65_536;
const PAGE_BYTES = 16_384;
const WAL_PAGES = 4_096;

/** Makes the tables of a new file. It is off the path to durability: what a power loss takes, the log still has. */
export function prepareFile(db: DatabaseSync): void {
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`);
  db.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${WAL_PAGES}`);
  db.exec(TABLES);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
}

/** Whether a file is an index of this form. */
export function isIndexFile(db: DatabaseSync): boolean {
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  const id = db.prepare('PRAGMA application_id').get()?.application_id;
  const version = db.prepare('PRAGMA user_version').get()?.user_version;
  return id === APPLICATION_ID && version === SCHEMA_VERSION;
}
