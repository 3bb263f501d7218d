import { isKernelError, KernelError } from '@tksm/abstractions';
import { fileText, streamText } from '../process/source-text.ts';

/** A text given on the command line: itself, `@FILE`, or `@-` for stdin. @throws KernelError `FileNotFound`, `FileUnreadable` */
export async function readGiven(given: string): Promise<string> {
  if (!given.startsWith('@')) return given;
  return await readSource(given.slice(1));
}

/** The text of a file, or no more than its first bytes; `-` is stdin. @throws KernelError `FileNotFound`, `FileUnreadable` */
export async function readSource(
  file: string,
  mostBytes: number = Number.POSITIVE_INFINITY,
): Promise<string> {
  if (file === '-') return await streamText(process.stdin, mostBytes);
  try {
    return await fileText(file, mostBytes);
  } catch (error) {
    if (isKernelError(error)) throw error;
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
