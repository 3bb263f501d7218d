import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { Logger } from '@tksm/abstractions';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { BookmarkFolder } from '@tksm/observability';
import type { ProjectionOptions } from '@tksm/observability';
import type { Output } from '../terminal/output.ts';
import { logSource } from '../zone/log-source.ts';
import { shownHealth } from './show-health.ts';
import { shownThroughput } from './show-throughput.ts';
import type { ShownProjection } from './shown-projection.ts';

/** Every projection of this release, by name. */
export const PROJECTIONS: readonly ShownProjection[] = [shownThroughput, shownHealth];

/** @throws KernelError `UsageError` */
export function projectionNamed(name: string | undefined): ShownProjection {
  const found = PROJECTIONS.find((projection) => projection.name === name);
  if (found === undefined) throw new KernelError('UsageError', `there is no projection ${name ?? ''}`);
  return found;
}

/** A folder's log, its bookmarks, and where to complain. Writes nothing by itself. @throws KernelError as the log's reader */
export async function optionsFor(dir: string, output: Output): Promise<ProjectionOptions> {
  const log = await openSegmentsReader({ dir });
  const bookmarks = new BookmarkFolder(path.join(dir, 'projections'));
  return { source: logSource(log), bookmarks, logger: noticesOf(output) };
}

function noticesOf(output: Output): Logger {
  const logger: Logger = {
    log: (_level, message, { projection, why } = {}) => {
      output.notice(`${String(projection)}: ${message}: ${String(why)}`);
    },
    child: () => logger,
  };
  return logger;
}
