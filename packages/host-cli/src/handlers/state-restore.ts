import { createReadStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isKernelError, KernelError } from '@tksm/abstractions';
import { checkSnapshot, restoreSnapshot } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { nodeFiles, restoreSegments } from '@tksm/drivers-segments';
import { openJobIndex } from '@tksm/drivers-sqlite';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { grouped } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';

/** Whole or not at all: it is made under another name. */
export const stateRestore: Handler = async (call) => {
  const { args, output } = call;
  const [file = ''] = args;
  const dir = path.resolve(await dataFolder(call));
  if (existsSync(dir)) {
    const next = 'name a folder that is not there yet with --data';
    throw new KernelError('UsageError', `${dir} exists: a state is restored into a new folder`, { next });
  }
  if (!existsSync(file))
    throw new KernelError('FileNotFound', `there is no file ${file}`, { data: { file } });
  const { head, digest, missing } = await checkSnapshot(createReadStream(file)).catch(damaged);
  if (missing !== 0) throw incomplete(missing);
  const making = `${dir}.restoring`;
  await rm(making, { recursive: true, force: true });
  await restoreSegments(making, head);
  const index = openJobIndex({ dir: making });
  try {
    await restoreSnapshot(createReadStream(file), { store: openDiskSnapshots({ dir: making }), index });
  } finally {
    await index.close();
  }
  // Its folders have names in it since its log was made.
  nodeFiles.flushFolder(making);
  await rename(making, dir);
  nodeFiles.flushFolder(path.dirname(dir));
  const { position } = head;
  if (output.settings.json) output.document({ dir, position, digest });
  else output.line(digest);
  output.notice(`${dir} goes on after ${grouped(position)} events`);
  output.notice(
    'not in the file: blobs/, vault/, and the root keys in authority/, without which no token is valid',
  );
  return EXIT.ok;
};

/** There is no log here that the state could be made from instead. */
function damaged(error: unknown): never {
  if (!isKernelError(error, 'SnapshotDamaged')) throw error;
  const next = 'take another copy of the file, or write it anew where its zone is: tksm state snapshot FILE';
  throw new KernelError('SnapshotDamaged', error.message, { data: error.data, cause: error, next });
}

/** Without them a command could be run again. */
function incomplete(missing: number): KernelError {
  const message = `${grouped(missing)} records have retired from this state, and are not in the file`;
  const next =
    'start its zone once, so that its job index is whole, and write the file again with tksm state snapshot; or copy its whole folder';
  return new KernelError('EventArchived', message, { data: { missing }, next });
}
