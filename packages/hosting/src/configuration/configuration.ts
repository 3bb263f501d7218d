import { token } from '@tksm/abstractions';
import type { LogLevel, Token, Value } from '@tksm/abstractions';

/** What can be set. */
export interface Settings {
  /** Folder of the log, the blobs and all else; absolute. */
  readonly dataDir: string;
  /** Jobs that run at the same time. */
  readonly concurrency: number;
  /** What the process is labelled with, for jobs that require it: texts between commas. */
  readonly labels: string;
  readonly logLevel: LogLevel;
  /** How long running attempts may go on while the kernel drains. */
  readonly drainGraceMs: number;
  /** Events between two snapshots. */
  readonly snapshotEveryEvents: number;
  /** Settled jobs that stay in memory at least. */
  readonly retentionKeep: number;
  /** What settled less than this ago stays, too, up to `retentionKeepAtMost`. */
  readonly retentionKeepMs: number;
  readonly retentionKeepAtMost: number;
  /** Age and number of newer ids up to which a repeated command id is answered as at first. */
  readonly retentionWindowMs: number;
  readonly retentionWindowIds: number;
  /** Whether a zone that is created proves single events without showing their neighbours; existing ones stay as they are. */
  readonly eventLeaves: boolean;
  /** Families of operations that are there besides the kernel's own, between commas: `finance`, `users`. */
  readonly families: string;
  /** File of rules that say which jobs this host takes; empty: the ring policy. */
  readonly trustPolicy: string;
}

/** Where a value came from. */
export type Origin =
  | { readonly layer: 'flag' | 'environment'; readonly name: string }
  | { readonly layer: 'project' | 'user'; readonly file: string }
  | { readonly layer: 'default' };

export interface Setting<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** The configuration of a process, each value with its origin. Unchanging. */
export interface Configuration {
  readonly settings: { readonly [Name in keyof Settings]: Setting<Settings[Name]> };
  /** Variables that take their value from a declared key of the environment, and the key's name. */
  readonly environment: ReadonlyMap<string, Setting<string>>;
  /** Variables that the configuration files set. */
  readonly vars: ReadonlyMap<string, Setting<Value>>;
  /** The files that were read, strongest first. */
  readonly files: readonly string[];
  /** Where files would be read from, there or not: who may write there decides what the next process does. */
  readonly places: readonly string[];
}

export const CONFIGURATION: Token<Configuration> = token('hosting.configuration');

/** An origin for people: `--data`, `TKSM_DATA_DIR`, a file's path or `default`. */
export function originText(origin: Origin): string {
  if (origin.layer === 'default') return 'default';
  return 'file' in origin ? origin.file : origin.name;
}
