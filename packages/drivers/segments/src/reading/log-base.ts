import path from 'node:path';
import { NO_HASH } from '@tksm/abstractions';
import type { DataFolder } from '../files/file-layer.ts';
import { readFile, writeFile } from '../files/transfer.ts';
import { baseLine, parseBaseLine } from '../format/base-line.ts';
import type { LogBase } from '../format/base-line.ts';
import { BASE_FILE, LOG_FOLDER } from '../format/layout.ts';
import { logDamaged } from './log-damage.ts';

/** Of a log that has no BASE. */
export const WHOLE_LOG: LogBase = Object.freeze({ position: 0, hash: NO_HASH, isArchive: false });

const fileOf = (dir: string): string => path.join(dir, LOG_FOLDER, BASE_FILE);

/** Where a folder's log begins: at 0, unless BASE says otherwise. @throws KernelError `LogDamaged` when that cannot be read */
export function readBase({ files, dir }: DataFolder): LogBase {
  const bytes = readFile(files, fileOf(dir));
  if (bytes === undefined) return WHOLE_LOG;
  const base = parseBaseLine(bytes.toString('latin1'));
  if (base !== undefined) return base;
  const why = 'it says where the log begins, and is not as it was written';
  throw logDamaged({ position: 0, file: `${LOG_FOLDER}/${BASE_FILE}`, offset: 0, why });
}

/** Says for good where the log begins from now on. */
export function writeBase({ files, dir }: DataFolder, base: LogBase): void {
  writeFile(files, fileOf(dir), Buffer.from(baseLine(base), 'latin1'));
}
