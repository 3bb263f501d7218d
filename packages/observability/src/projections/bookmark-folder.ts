import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BookmarkStore } from '@tksm/abstractions';
import { MAX_BOOKMARK_BYTES } from './bookmark.ts';

/** Bookmarks as files of a folder, which is made with the first one. Several processes may write: the last one counts. */
export class BookmarkFolder implements BookmarkStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  async read(name: string): Promise<string | undefined> {
    const file = this.#fileOf(name);
    try {
      // What is larger was not written here; it is not worth the memory.
      return (await stat(file)).size > MAX_BOOKMARK_BYTES ? '' : await readFile(file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const temporary = `${this.#fileOf(name)}.${process.pid}.tmp`;
    try {
      await using file = await open(temporary, 'w', 0o600);
      await file.writeFile(text);
      await file.sync();
      await rename(temporary, this.#fileOf(name));
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#fileOf(name), { force: true });
  }

  #fileOf(name: string): string {
    return path.join(this.#dir, name);
  }
}
