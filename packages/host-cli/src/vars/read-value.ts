import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { KernelError } from '@tksm/abstractions';

/** A text given on the command line: itself, `@FILE`, or `@-` for stdin. @throws KernelError `FileNotFound`, `FileUnreadable` */
export async function readGiven(given: string): Promise<string> {
  if (!given.startsWith('@')) return given;
  return await readSource(given.slice(1));
}

/** The text of a file, or no more than its first bytes; `-` is stdin, all of it. */
export async function readSource(
  file: string,
  mostBytes: number = Number.POSITIVE_INFINITY,
): Promise<string> {
  if (file === '-') return await text(process.stdin);
  try {
    return await text(createReadStream(file, { end: mostBytes - 1 }));
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const code = errno === 'ENOENT' || errno === 'ENOTDIR' ? 'FileNotFound' : 'FileUnreadable';
    throw new KernelError(code, `cannot read ${file}: ${errno}`, { data: { file }, cause: error });
  }
}

/** @throws KernelError `InvalidInput`; `what` names it in the message */
export function parseJson(source: string, what: string): unknown {
  try {
    return JSON.parse(source) as unknown;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new KernelError('InvalidInput', `${what} is not JSON: ${why}`, {
      cause,
      next: 'quote it for the shell: \'{"a":1}\'',
    });
  }
}
