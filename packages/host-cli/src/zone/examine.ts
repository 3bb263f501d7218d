import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { isKernelError } from '@tksm/abstractions';
import { openDiskBlobs } from '@tksm/drivers-disk';
import { verifySegments } from '@tksm/drivers-segments';
import { exposedKeys, remedy } from '../tokens/exposed-keys.ts';
import { exitCodeOf } from '../terminal/exit-code.ts';
import { grouped } from '../terminal/times.ts';
import { folderHolder } from './folder-holder.ts';

/** What was found, and what to do about it. */
export interface Finding {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly detail: string;
  readonly next?: string;
  /** Of the command, for a problem. */
  readonly exitCode?: number;
}

const LEAST_NODE = 24;
const MIB = 1024 * 1024;
/** Less free space than this is worth a warning. */
const LEAST_FREE_MIB = 512;
/** Blobs that are looked at. */
const MAX_BLOBS = 10_000;

export function examineNode(version: string): Finding[] {
  const major = Number(version.split('.')[0]);
  if (major >= LEAST_NODE) return [{ name: 'node', status: 'ok', detail: version }];
  return [
    {
      name: 'node',
      status: 'problem',
      detail: `${version} is too old`,
      next: `install Node ${LEAST_NODE} or later`,
      exitCode: 1,
    },
  ];
}

/** Examines a data folder. Reads only: writes nothing, takes no lock. */
export async function examineFolder(dir: string): Promise<Finding[]> {
  const log = await attempt('log', () => examineLog(dir));
  if (log.some(({ detail }) => detail.startsWith('there is no'))) return log;
  return [
    { name: 'folder', status: 'ok', detail: dir },
    await examineHolder(dir),
    await examineRights(dir),
    await examineSpace(dir),
    ...(await examineKeys(dir)),
    ...log,
    ...(await attempt('blobs', () => examineBlobs(dir))),
  ];
}

async function attempt(name: string, examine: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await examine();
  } catch (error) {
    if (!isKernelError(error)) throw error;
    if (error.code === 'DataFolderMissing') {
      const next = 'tksm run, job submit or var set make it; or name another with --data';
      return [
        { name: 'folder', status: 'warning', detail: `there is no data folder yet: ${error.message}`, next },
      ];
    }
    return [
      { name, status: 'problem', detail: error.message, next: error.next, exitCode: exitCodeOf(error) },
    ];
  }
}

async function examineHolder(dir: string): Promise<Finding> {
  const holder = await folderHolder(dir);
  if (holder === undefined) return { name: 'lock', status: 'ok', detail: 'nobody runs this folder' };
  return { name: 'lock', status: 'ok', detail: `process ${holder.pid} on ${holder.host} runs this folder` };
}

async function examineRights(dir: string): Promise<Finding> {
  try {
    await access(dir, constants.W_OK);
    return { name: 'rights', status: 'ok', detail: 'may be written' };
  } catch {
    const next = 'give this user write access, to do more than look';
    return { name: 'rights', status: 'warning', detail: 'may only be read', next };
  }
}

async function examineKeys(dir: string): Promise<Finding[]> {
  return (await exposedKeys(dir)).map((file): Finding => {
    const detail = `others can read or change ${file}`;
    return { name: 'keys', status: 'warning', detail, next: remedy(file) };
  });
}

async function examineSpace(dir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dir);
  const free = Math.floor((bavail * bsize) / MIB);
  const detail = `${grouped(free)} MiB free`;
  if (free >= LEAST_FREE_MIB) return { name: 'space', status: 'ok', detail };
  return { name: 'space', status: 'warning', detail, next: 'free some space before the log cannot grow' };
}

async function examineLog(dir: string): Promise<Finding[]> {
  const { isWhole, head, frames, segments, damage, rebuildable } = await verifySegments(dir);
  const unacknowledged = segments.reduce((sum, segment) => sum + segment.unacknowledgedBytes, 0);
  const found: Finding[] = [
    isWhole
      ? {
          name: 'log',
          status: 'ok',
          detail: `${grouped(head.position)} events in ${grouped(frames)} frames, all whole`,
        }
      : {
          name: 'log',
          status: 'problem',
          detail: `damaged at position ${damage?.position ?? 0}: ${damage?.why ?? ''}`,
          next: 'restore the folder from a copy; nothing was changed',
          exitCode: 8,
        },
    { name: 'head', status: 'ok', detail: head.hash },
  ];
  if (unacknowledged > 0) {
    const detail = `${unacknowledged} bytes after the last frame: being written, or left by a crash`;
    found.push({ name: 'tail', status: 'ok', detail });
  }
  for (const file of rebuildable) {
    found.push({
      name: 'log',
      status: 'warning',
      detail: `${file} is missing or unreadable`,
      next: 'nothing: the next start makes it anew',
    });
  }
  return found;
}

async function examineBlobs(dir: string): Promise<Finding[]> {
  const blobs = openDiskBlobs({ dir });
  let [count, bytes] = [0, 0];
  for await (const { size } of blobs.list()) {
    count += 1;
    bytes += size;
    if (count === MAX_BLOBS) break;
  }
  const more = count === MAX_BLOBS ? ' or more' : '';
  return [
    { name: 'blobs', status: 'ok', detail: `${grouped(count)}${more}, ${(bytes / MIB).toFixed(1)} MiB` },
  ];
}
