import type { RootKeys } from '../authority/root-keys.ts';
import type { TrustPolicy } from '../authority/trust-policy.ts';
import type { TokenHolder, TokenIssuer } from '../authority/token.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { BootTask } from '../boot/phase.ts';
import { token } from '../composition/token.ts';
import type { Driver } from '../drivers/driver.ts';
import type { AnyKind } from '../jobs/kind.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { EventLog } from '../log/event-log.ts';
import type { JobIndex } from '../retention/job-index.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Redactor } from '../observability/redactor.ts';
import type { PolicyFactory } from '../scheduling/policy.ts';
import type { SnapshotMaker, SnapshotStore } from '../snapshots/snapshot-store.ts';
import type { Vault } from '../vault/vault.ts';
import type { Clock, Timers } from './clock.ts';
import type { LoopWatch } from './loop-watch.ts';
import type { Random } from './random.ts';
import type { SecretSource } from './secrets.ts';

/** Where packages meet. One thing each, except those marked many. */
export const TOKENS = Object.freeze({
  clock: token<Clock>('runtime.clock'),
  timers: token<Timers>('runtime.timers'),
  random: token<Random>('runtime.random'),
  loopWatch: token<LoopWatch>('runtime.loop-watch'),
  secrets: token<SecretSource>('runtime.secrets'),
  log: token<EventLog>('storage.event-log'),
  blobs: token<BlobStore>('storage.blobs'),
  snapshots: token<SnapshotStore>('storage.snapshots'),
  snapshotMaker: token<SnapshotMaker>('storage.snapshot-maker'),
  jobIndex: token<JobIndex>('storage.job-index'),
  vault: token<Vault>('storage.vault'),
  rootKeys: token<RootKeys>('authority.root-keys'),
  /** Default: the ring policy. */
  trustPolicy: token<TrustPolicy>('authority.trust-policy'),
  tokenHolder: token<TokenHolder>('authority.token-holder'),
  tokenIssuer: token<TokenIssuer>('authority.token-issuer'),
  logger: token<Logger>('observability.logger'),
  metrics: token<Metrics>('observability.metrics'),
  redactor: token<Redactor>('observability.redactor'),
  /** Many: policies beside the built-in ones. */
  policies: token<PolicyFactory>('scheduler.policies'),
  /** Many: what jobs reach by `driver.call`. */
  drivers: token<Driver>('kernel.drivers'),
  /** Many. */
  kinds: token<AnyKind>('kernel.kinds'),
  /** Many. */
  bootTasks: token<BootTask>('kernel.boot-tasks'),
  /** Opens the zone; the first call boots it. */
  kernel: token<Promise<Kernel>>('kernel.kernel'),
});
