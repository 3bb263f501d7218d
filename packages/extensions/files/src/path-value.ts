import { isUtf8 } from 'node:buffer';

/** A path as a value: text when it is UTF-8, else its bytes. */
export type PathValue = string | Uint8Array;

const SLASH = 0x2f;

export function pathValue(path: Buffer): PathValue {
  return isUtf8(path) ? path.toString('utf8') : new Uint8Array(path);
}

export function pathBytes(path: PathValue): Buffer {
  return typeof path === 'string'
    ? Buffer.from(path)
    : Buffer.from(path.buffer, path.byteOffset, path.length);
}

/** For messages: text, with a mark in place of what is not UTF-8. */
export function pathText(path: PathValue): string {
  return pathBytes(path).toString('utf8');
}

/** A path below a folder. An empty folder leaves the path as it is. */
export function joined(folder: Buffer, path: Buffer): Buffer {
  if (folder.length === 0) return path;
  const between = folder.at(-1) === SLASH ? '' : '/';
  return Buffer.concat([folder, Buffer.from(between), path]);
}

/** The folder of a path, and its last name. */
export function split(path: Buffer): { readonly folder: Buffer; readonly name: Buffer } {
  const at = path.lastIndexOf(SLASH);
  if (at < 0) return { folder: Buffer.from('.'), name: path };
  return { folder: path.subarray(0, Math.max(at, 1)), name: path.subarray(at + 1) };
}
