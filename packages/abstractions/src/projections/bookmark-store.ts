/**
 * Keeps one bookmark for each projection: a text that says how far it has read and what came out. What is lost or
 * damaged here costs time, nothing else.
 */
export interface BookmarkStore {
  /** The text last written; undefined when there is none, or none that may be read back. */
  read(name: string): Promise<string | undefined>;
  /** Replaces the text, wholly or not at all. */
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}
