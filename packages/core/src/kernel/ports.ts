import type {
  BlobStore,
  BootTask,
  Clock,
  Driver,
  EventLog,
  JobIndex,
  Logger,
  LoopWatch,
  Metrics,
  Random,
  Redactor,
  SnapshotMaker,
  SnapshotStore,
  SecretSource,
  Timers,
  TrustPolicy,
  TokenIssuer,
  Vault,
} from '@tksm/abstractions';
import type { AnyKind, PolicyFactory, ZoneId } from '@tksm/abstractions';
import type { RetentionSettings } from '../retention/retention-settings.ts';

/** Everything a kernel touches besides memory. */
export interface KernelPorts {
  readonly log: EventLog;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where retired records are found. Without one everything stays in memory. Closed with the kernel. */
  readonly jobIndex?: JobIndex;
  readonly loopWatch?: LoopWatch;
  /** Where a start finds the newest snapshot. Without it, and without a good one, everything is replayed. */
  readonly snapshots?: SnapshotStore | undefined;
  readonly snapshotMaker?: SnapshotMaker | undefined;
  /** Keeps what is sensitive; without it a sensitive value is refused. */
  readonly vault?: Vault;
  /** Resolves `$secretRef`s. Without it a job that has one fails with `SecretMissing`. */
  readonly secrets?: SecretSource;
  /** Is told of each secret that was resolved. */
  readonly redactor?: Redactor;
  /** Judges tokens. Without it none is accepted. */
  readonly tokenIssuer?: TokenIssuer;
}

export interface KernelSettings {
  /** Jobs that run at the same time. Default 100. */
  readonly concurrency?: number;
  /**
   * How long a zone whose log failed tries to recover before it gives up: whoever waits is then told, and subscriptions
   * end. Default: for as long as the kernel is open.
   */
  readonly recoveryLimitMs?: number;
  readonly retention?: RetentionSettings;
  /** Events between two snapshots, where there is a maker. Default 250,000. */
  readonly snapshotEveryEvents?: number;
  /** Zone to create when the log is empty. Drawn when absent. */
  readonly zone?: ZoneId;
  /**
   * Whether a zone that is created proves single events without showing those they were committed with (ADR 0023). Fixed
   * for the zone's life: an existing zone goes on as it is, with a warning. Default: false.
   */
  readonly eventLeaves?: boolean;
  /** Decides which jobs are taken, beside what their handles allow. Default: the ring policy. */
  readonly trustPolicy?: TrustPolicy;
  /** Policies beside the built-in ones; the setting `tksm.scheduler.policy` names the one that orders ready jobs. */
  readonly policies?: readonly PolicyFactory[];
  /** What this process is labelled with: jobs may require or prefer a worker with some of it. Default: none. */
  readonly labels?: readonly string[];
  readonly kinds?: readonly AnyKind[];
  /** What jobs reach by `driver.call`, and handlers by `call`. Closed with the kernel. */
  readonly drivers?: readonly Driver[];
  readonly bootTasks?: readonly BootTask[];
}

export const DEFAULT_CONCURRENCY = 100;
