import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import { nodeFiles } from '@tksm/drivers-segments';

/** Writes a file that appears under its name only when all of it is there. @throws KernelError `FileUnreadable` */
export async function writeWhole(file: string, content: AsyncIterable<string | Uint8Array>): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await using handle = await open(temporary, 'wx');
    for await (const chunk of content) await handle.writeFile(chunk);
    await handle.sync();
    await rename(temporary, file);
    nodeFiles.flushFolder(path.dirname(path.resolve(file)));
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof Error && 'errno' in error) {
      throw new KernelError('FileUnreadable', `cannot write ${file}: ${error.message}`, {
        cause: error,
        next: 'check the folder and its rights',
      });
    }
    throw error;
  }
}
