const BACKSLASH = 0x5c;
const ESCAPES: ReadonlyMap<number, number> = new Map([
  [BACKSLASH, BACKSLASH],
  [0x0a, 'n'.charCodeAt(0)],
  [0x0d, 'r'.charCodeAt(0)],
]);

/**
 * A line of a manifest, as `sha256sum` of GNU coreutils 9 writes it in text mode: a name with a backslash, newline or
 * carriage return is escaped and its line starts with a backslash.
 */
export function manifestLine(sha256: string, path: Buffer): Buffer {
  const name: number[] = [];
  for (const byte of path) {
    const escape = ESCAPES.get(byte);
    if (escape === undefined) name.push(byte);
    else name.push(BACKSLASH, escape);
  }
  const mark = name.length === path.length ? '' : '\\';
  return Buffer.concat([Buffer.from(`${mark}${sha256}  `), Buffer.from(name), Buffer.from('\n')]);
}
