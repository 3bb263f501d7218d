import { noLogger } from '@tksm/abstractions';
import { exportSnapshot } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { openSegmentsReader } from '@tksm/drivers-segments';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { grouped } from '../terminal/times.ts';
import { writeWhole } from '../terminal/whole-file.ts';
import { dataFolder } from '../zone/configuration.ts';

export const stateSnapshot: Handler = async (call) => {
  const { output, args } = call;
  const [file = ''] = args;
  const dir = await dataFolder(call);
  const log = await openSegmentsReader({ dir });
  const source = { log, store: openDiskSnapshots({ dir }), logger: noLogger };
  const { position, digest, bytes } = await exportSnapshot(source);
  await writeWhole(file, bytes);
  if (output.settings.json) output.document({ file, position, digest });
  else output.line(digest);
  output.notice(`the state after ${grouped(position)} events written to ${file}`);
  return EXIT.ok;
};
