import { isUtf8 } from 'node:buffer';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { ErrorCode } from '@tksm/abstractions';
import type { Graph } from './graph.ts';
import { parseGraph } from './parse-graph.ts';
import { YAML_LIMITS } from './read-yaml.ts';

/** The file that stands for its folder. */
export const GRAPH_FILE = 'graph.yaml';

const CODES: Readonly<Record<string, ErrorCode>> = { ENOENT: 'FileNotFound', ENOTDIR: 'FileNotFound' };

/**
 * Reads a graph from a file, or from `graph.yaml` in a folder. `source` is the file that was read; what the file says of
 * paths is relative to its folder.
 *
 * @throws KernelError `FileNotFound`, `FileUnreadable`, and as `parseGraph`
 */
export async function loadGraph(path: string): Promise<Graph> {
  const file = await graphFile(path);
  return parseGraph(await textOf(file), file);
}

async function graphFile(path: string): Promise<string> {
  try {
    return (await stat(path)).isDirectory() ? join(path, GRAPH_FILE) : path;
  } catch (error) {
    throw unreadable(error, path);
  }
}

async function textOf(path: string): Promise<string> {
  // A byte more than allowed is enough to see that there are too many.
  const bytes = Buffer.alloc(YAML_LIMITS.maxCharacters * 4 + 1);
  let size = 0;
  try {
    await using file = await open(path, 'r');
    for (let read = -1; read !== 0 && size < bytes.length; size += read) {
      ({ bytesRead: read } = await file.read(bytes, size, bytes.length - size));
    }
  } catch (error) {
    throw unreadable(error, path);
  }
  const content = bytes.subarray(0, size);
  if (!isUtf8(content)) {
    throw new KernelError('InvalidInput', `${path}: the file is not UTF-8`, {
      data: { file: path, line: 1 },
    });
  }
  return content.toString('utf8');
}

function unreadable(error: unknown, path: string): KernelError {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new KernelError(CODES[errno] ?? 'FileUnreadable', `cannot read ${path}: ${errno}`, {
    data: { file: path, errno },
    cause: error,
  });
}
