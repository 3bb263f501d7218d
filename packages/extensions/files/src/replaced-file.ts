import { constants } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { fileError } from './file-error.ts';
import { joined, split } from './path-value.ts';

const FOR_WRITING = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/**
 * Writes a file so that its path names the old content or the whole of the new, whatever happens, and the new one
 * durably when this returns. The unfinished file lies beside it under a name with `tag`, which a second try reuses.
 *
 * @throws KernelError `FileNotFound` (no such folder), `FileUnreadable`, `DiskFull`, `StorageFailed`
 */
export async function replaceFile(
  path: Buffer,
  tag: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { folder, name } = split(path);
  const unfinished = joined(folder, Buffer.concat([Buffer.from('.'), name, Buffer.from(`.${tag}.tmp`)]));
  try {
    await writeFlushed(unfinished, content);
    await rename(unfinished, path);
    await flushFolder(folder);
  } catch (error) {
    await unlink(unfinished).catch(() => undefined);
    if (error instanceof Error && 'errno' in error) throw fileError(error, path, 'write');
    throw error;
  }
}

async function writeFlushed(path: Buffer, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, FOR_WRITING, 0o666);
  try {
    for await (const chunk of content) {
      for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

async function flushFolder(folder: Buffer): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
