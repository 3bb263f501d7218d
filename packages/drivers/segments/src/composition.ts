import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { openSegments } from './open-segments.ts';
import type { OpenSegmentsOptions } from './open-segments.ts';
import type { SegmentsLog } from './segments-log.ts';

/**
 * Opens a data folder and registers its log and the watch of its writer thread. The caller closes the log.
 *
 * @throws KernelError as {@link openSegments}
 */
export async function composeSegments(
  registrar: Registrar,
  options: OpenSegmentsOptions,
): Promise<SegmentsLog> {
  const log = await openSegments(options);
  registrar.value(TOKENS.log, log);
  registrar.value(TOKENS.loopWatch, log.loopWatch);
  return log;
}
