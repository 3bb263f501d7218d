import { LOG_LEVELS } from '@tksm/abstractions';
import type { LogLevel } from '@tksm/abstractions';
import type { Settings } from './configuration.ts';

/** How one setting is named, checked and defaulted. One rule for texts and for files. */
export interface SettingRule<T> {
  readonly flag: string;
  readonly variable: string;
  /** For an error: what the value must be. */
  readonly expects: string;
  readonly fallback: T;
  /** The value of a text, or undefined when it is none. */
  parse(text: string): T | undefined;
  /** Whether a value of a file fits. */
  fits(value: unknown): boolean;
}

/** A rule for each setting. */
export type SettingRules = { readonly [Name in keyof Settings]: SettingRule<Settings[Name]> };

type RuleParts<T> = Omit<SettingRule<T>, 'fits'>;

function rule<T extends string | number | boolean>(parts: RuleParts<T>): SettingRule<T> {
  const fits = (value: unknown): boolean =>
    typeof value === typeof parts.fallback && parts.parse(String(value)) === value;
  return Object.freeze({ ...parts, fits });
}

function wholeNumber(min: number, max: number): Pick<RuleParts<number>, 'expects' | 'parse'> {
  const parse = (text: string): number | undefined => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? value : undefined;
  };
  return { expects: `a whole number from ${min} to ${max}`, parse };
}

const asLabels = (text: string): string | undefined => {
  const labels = text.split(',');
  const fit = labels.length <= 64 && labels.every((label) => label.length > 0 && label.length <= 256);
  return text === '' || fit ? text : undefined;
};

const asLogLevel = (text: string): LogLevel | undefined => LOG_LEVELS.find((level) => level === text);

export const SETTING_RULES: SettingRules = Object.freeze({
  dataDir: rule({
    ...{ flag: '--data', variable: 'TKSM_DATA_DIR', fallback: '.tksm' },
    expects: 'the path of a folder',
    parse: (text) => (text === '' || text.includes('\0') ? undefined : text),
  }),
  concurrency: rule({
    ...{ flag: '--concurrency', variable: 'TKSM_CONCURRENCY', fallback: 100 },
    ...wholeNumber(1, 100_000),
  }),
  labels: rule({
    ...{ flag: '--labels', variable: 'TKSM_LABELS', fallback: '' },
    expects: 'labels of 1 to 256 characters between commas, at most 64',
    parse: asLabels,
  }),
  logLevel: rule<LogLevel>({
    ...{ flag: '--log-level', variable: 'TKSM_LOG_LEVEL', fallback: 'warn' },
    expects: `one of ${LOG_LEVELS.join(', ')}`,
    parse: asLogLevel,
  }),
  drainGraceMs: rule({
    ...{ flag: '--drain-grace-ms', variable: 'TKSM_DRAIN_GRACE_MS', fallback: 5_000 },
    ...wholeNumber(0, 86_400_000),
  }),
  snapshotEveryEvents: rule({
    ...{ flag: '--snapshot-every-events', variable: 'TKSM_SNAPSHOT_EVERY_EVENTS', fallback: 250_000 },
    ...wholeNumber(100, 1_000_000_000),
  }),
  retentionKeep: rule({
    ...{ flag: '--retention-keep', variable: 'TKSM_RETENTION_KEEP', fallback: 10_000 },
    ...wholeNumber(0, 100_000_000),
  }),
  retentionKeepMs: rule({
    ...{ flag: '--retention-keep-ms', variable: 'TKSM_RETENTION_KEEP_MS', fallback: 600_000 },
    ...wholeNumber(0, 31_536_000_000),
  }),
  retentionKeepAtMost: rule({
    ...{ flag: '--retention-keep-at-most', variable: 'TKSM_RETENTION_KEEP_AT_MOST', fallback: 50_000 },
    ...wholeNumber(0, 100_000_000),
  }),
  retentionWindowMs: rule({
    ...{ flag: '--retention-window-ms', variable: 'TKSM_RETENTION_WINDOW_MS', fallback: 604_800_000 },
    ...wholeNumber(0, 3_153_600_000_000),
  }),
  retentionWindowIds: rule({
    ...{ flag: '--retention-window-ids', variable: 'TKSM_RETENTION_WINDOW_IDS', fallback: 1_000_000 },
    ...wholeNumber(0, 1_000_000_000_000),
  }),
  eventLeaves: rule<boolean>({
    ...{ flag: '--event-leaves', variable: 'TKSM_EVENT_LEAVES', fallback: false },
    expects: 'true or false',
    parse: (text) => (text === 'true' || text === 'false' ? text === 'true' : undefined),
  }),
  families: rule({
    ...{ flag: '--families', variable: 'TKSM_FAMILIES', fallback: '' },
    expects: 'finance, users, or both with a comma between them',
    parse: (text) => (/^(?:(?:finance|users)(?:,(?=[fu])|$))*$/.test(text) ? text : undefined),
  }),
  trustPolicy: rule({
    ...{ flag: '--trust-policy', variable: 'TKSM_TRUST_POLICY', fallback: '' },
    expects: 'the path of a file',
    parse: (text) => (text.includes('\0') ? undefined : text),
  }),
});

/** Flag and variable that declare keys of the environment. */
export const ENVIRONMENT_FLAG = '--env';
export const ENVIRONMENT_VARIABLE = 'TKSM_ENVIRONMENT';
