import type { Logger } from '@tksm/abstractions';
import type { SegmentsLog } from '../segments-log.ts';

/** Says what opening a log has mended. */
export function tellRecovery({ recovery }: Pick<SegmentsLog, 'recovery'>, logger: Logger): void {
  const { cutBytes, headRebuilt, formatRebuilt } = recovery;
  if (cutBytes > 0)
    logger.log('info', 'a frame that was begun and not acknowledged was cut', { bytes: cutBytes });
  if (headRebuilt) logger.log('warn', 'log/HEAD was missing or damaged, and is made anew from the log');
  if (formatRebuilt) logger.log('warn', 'FORMAT was missing or damaged, and is made anew');
}
