import { KernelError } from '@tksm/abstractions';

/** What a zone keeps in memory of what is over, and how long it answers for command ids. */
export interface RetentionSettings {
  /** Settled jobs, and answers to commands, that stay in the state at least. Default 10,000. */
  readonly keep?: number;
  /** What is younger than this stays, too, up to `keepAtMost`. Default 10 minutes. */
  readonly keepMs?: number;
  /**
   * Settled jobs, and answers to commands, that stay at most, however young they are; a sixth more, 8,192 at most, may come
   * together before it is acted on. Default 50,000.
   */
  readonly keepAtMost?: number;
  /** Age up to which a retried command id is answered as at first; an older one is refused. Default 7 days. */
  readonly windowMs?: number;
  /** Number of newer command ids up to which a retried one is answered. Default 1,000,000. */
  readonly windowIds?: number;
}

const DEFAULT_RETENTION: Required<RetentionSettings> = Object.freeze({
  keep: 10_000,
  keepMs: 600_000,
  keepAtMost: 50_000,
  windowMs: 7 * 86_400_000,
  windowIds: 1_000_000,
});

/** The settings with what is not said. @throws KernelError `InvalidInput` with `data.field` */
export function retentionOf(settings: RetentionSettings = {}): Required<RetentionSettings> {
  const keep = settings.keep ?? DEFAULT_RETENTION.keep;
  const keepAtMost = Math.max(keep, settings.keepAtMost ?? DEFAULT_RETENTION.keepAtMost);
  const found = { ...DEFAULT_RETENTION, ...settings, keep, keepAtMost };
  for (const [field, value] of Object.entries(found)) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    const data = { field: `retention.${field}` };
    throw new KernelError('InvalidInput', `${data.field} is a whole number from 0`, { data });
  }
  return found;
}
