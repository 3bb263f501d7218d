import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { KernelError } from '@tksm/abstractions';

export const PROJECT_FILE = 'tksm.config.json';

/** The text of a file, or undefined when there is none. */
export type ReadFile = (path: string) => Promise<string | undefined>;

export interface FoundFile {
  readonly path: string;
  readonly text: string;
}

/** Where a project file may lie, from a folder upwards: the nearest counts. */
export function projectFiles(cwd: string): readonly string[] {
  const paths: string[] = [];
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    paths.push(join(folder, PROJECT_FILE));
    if (dirname(folder) === folder) return paths;
  }
}

/** The nearest project file, from a folder upwards. */
export async function findProjectFile(cwd: string, read: ReadFile): Promise<FoundFile | undefined> {
  for (const path of projectFiles(cwd)) {
    const text = await read(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** Where the user's own file lies. A relative `XDG_CONFIG_HOME` counts for nothing, as the XDG specification has it. */
export function userFile(home: string, xdgConfigHome: string | undefined): string {
  const base = xdgConfigHome?.startsWith('/') === true ? xdgConfigHome : join(home, '.config');
  return join(base, 'tksm', 'config.json');
}

/** Reads from the disk. @throws KernelError `FileUnreadable` */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
    throw new KernelError('FileUnreadable', `cannot read ${path}: ${errno}`, {
      data: { path, errno },
      cause,
    });
  }
}
