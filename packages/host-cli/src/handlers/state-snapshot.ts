import { isKernelError, noLogger } from '@tksm/abstractions';
import { exportSnapshot } from '@tksm/core';
import type { ExportedSnapshot } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { openJobIndexView } from '@tksm/drivers-sqlite';
import type { JobIndexView } from '@tksm/drivers-sqlite';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { grouped } from '../terminal/times.ts';
import { writeWhole } from '../terminal/whole-file.ts';
import { dataFolder } from '../zone/configuration.ts';

export const stateSnapshot: Handler = async (call) => {
  const { output, args } = call;
  const [file = ''] = args;
  const { position, digest, missing } = await exportTo(file, await dataFolder(call));
  if (output.settings.json) output.document({ file, position, digest });
  else output.line(digest);
  output.notice(`the state after ${grouped(position)} events written to ${file}`);
  if (missing !== 0) {
    output.notice(
      `${grouped(missing)} records that have retired are not in it, so it cannot be restored: index/jobs.db lacks them; ` +
        'the next start of the zone makes it whole',
    );
  }
  return EXIT.ok;
};

async function exportTo(file: string, dir: string): Promise<ExportedSnapshot> {
  const log = await openSegmentsReader({ dir });
  const source = { log, store: openDiskSnapshots({ dir }), logger: noLogger };
  const write = async (index: JobIndexView | undefined): Promise<ExportedSnapshot> => {
    const snapshot = await exportSnapshot({ ...source, index });
    await writeWhole(file, snapshot.bytes);
    return snapshot;
  };
  let index: JobIndexView | undefined;
  try {
    return await write((index = openJobIndexView({ dir })));
  } catch (error) {
    if (!isKernelError(error, 'IndexDamaged')) throw error;
    return await write(undefined);
  } finally {
    index?.close();
    await log.close();
  }
}
