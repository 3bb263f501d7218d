import { createReadStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import { checkSnapshot } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { restoreSegments } from '@tksm/drivers-segments';
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
  const { head, digest, hasRetired } = await checkSnapshot(createReadStream(file));
  if (hasRetired) throw retired();
  const making = `${dir}.restoring`;
  await rm(making, { recursive: true, force: true });
  await restoreSegments(making, head);
  await openDiskSnapshots({ dir: making }).write(head.position, createReadStream(file));
  await rename(making, dir);
  const { position } = head;
  if (output.settings.json) output.document({ dir, position, digest });
  else output.line(digest);
  output.notice(`${dir} goes on after ${grouped(position)} events; blobs/ and vault/ are not in the file`);
  return EXIT.ok;
};

function retired(): KernelError {
  const message =
    'jobs or answers have retired from this state: what they were is in the log and its index alone';
  const next = 'restore from a copy of the whole folder';
  return new KernelError('EventArchived', message, { next });
}
