import { SOCKET_FILES } from '@tksm/extensions-socket';
import { folderHolder } from '../zone/folder-holder.ts';
import { namesIn } from './file-faults.ts';
import type { FolderCheck } from './folder-check.ts';

/** The socket of a running kernel. It holds no state: beside one, there is nothing to check; without one, it is of no use. */
export const socketCheck: FolderCheck = {
  entries: SOCKET_FILES,
  async *check({ dir }) {
    if ((await folderHolder(dir)) !== undefined) return;
    const found = (await namesIn(dir)).filter((name) => SOCKET_FILES.includes(name));
    for (const file of found) yield { kind: 'leftover', file, why: 'of a kernel that was killed' };
  },
};
