import { KernelError, noLogger } from '@tksm/abstractions';
import type {
  AnyKind,
  BlobStore,
  BootTask,
  Driver,
  EventLog,
  JobIndex,
  Kernel,
  Logger,
  Metrics,
  PolicyFactory,
  SecretSource,
  TokenIssuer,
  TrustPolicy,
  Vault,
} from '@tksm/abstractions';
import { createKernel as createKernelOverPorts } from '@tksm/core';
import type { KernelPorts, RetentionSettings } from '@tksm/core';
import { openDiskBlobs, openDiskSnapshots, openDiskVault } from '@tksm/drivers-disk';
import {
  createMemoryBlobStore,
  createMemoryLog,
  createMemoryVault,
  MemoryJobIndex,
} from '@tksm/drivers-memory';
import { openSegments, tellRecovery } from '@tksm/drivers-segments';
import type { SegmentsLog } from '@tksm/drivers-segments';
import { openJobIndex } from '@tksm/drivers-sqlite';
import {
  environmentSecrets,
  snapshotThreads,
  systemClock,
  systemRandom,
  systemTimers,
} from '@tksm/drivers-system';
import { servedZone, serveZone } from '@tksm/extensions-socket';

// From sources, Node strips the types of the thread's file; from dist there is nothing to strip.
const SNAPSHOT_THREAD = import.meta.url.endsWith('.ts')
  ? new URL('./snapshot-thread.ts', import.meta.url)
  : new URL('./snapshot-thread.js', import.meta.url);

export interface EmbeddedOptions {
  /** Folder of the zone's log and blobs; made when it is missing. Without one, everything is in memory and ends with the process. */
  readonly data?: string;
  readonly kinds?: readonly AnyKind[];
  /** What jobs reach by `driver.call`, and handlers by `call`. Default: none. */
  readonly drivers?: readonly Driver[];
  /** Jobs that run at the same time. Default 100. */
  readonly concurrency?: number;
  /** What this process is labelled with: jobs may require it, or prefer it, of their worker. Default: nothing. */
  readonly labels?: readonly string[];
  /** Which jobs are taken, beside what their handles allow: `ringPolicy` (default), `allowAll`, `rulePolicy(…)`, or your own. */
  readonly trustPolicy?: TrustPolicy;
  /** Policies beside the built-in ones, each with a dot in its name; the setting `tksm.scheduler.policy` chooses. */
  readonly policies?: readonly PolicyFactory[];
  /**
   * Whether a zone that is created here proves single events without showing their neighbours. Fixed for its life: for a
   * folder that exists it counts for nothing. Default: false.
   */
  readonly eventLeaves?: boolean;
  /**
   * Events after which a thread beside the kernel makes a snapshot, so that the next start is quick. Default 250,000.
   */
  readonly snapshotEveryEvents?: number;
  /** What stays in memory of what is over, and how long command ids are answered. */
  readonly retention?: RetentionSettings;
  /** Default: says nothing. */
  readonly logger?: Logger;
  /** Default: counts nothing. */
  readonly metrics?: Metrics;
  /**
   * Serves other processes of this user on a socket in the data folder: `tksm job submit` in a terminal, for example. Does
   * not keep the process alive. Default false.
   */
  readonly socket?: boolean;
  /**
   * Judges the tokens that `kernel.accept` and clients of the socket present, for example `openBiscuitIssuer` of
   * `@tksm/drivers-biscuit`. Default: none is accepted.
   */
  readonly tokenIssuer?: TokenIssuer;
  /** Resolves `$secretRef`s. Default: environment variables, `TKSM_SECRET_NAME` for the secret `name`. */
  readonly secrets?: SecretSource;
  /** Work of your own at boot. */
  readonly bootTasks?: readonly BootTask[];
}

/**
 * Opens a kernel in this process and boots it. It goes on with what an earlier process left in the folder. Stop it, so
 * that running jobs are interrupted in good order; without that nothing acknowledged is lost either.
 *
 * @throws KernelError `DataFolderLocked` while another process has the folder, `DataFolderReadOnly`, `FormatTooNew`,
 * `LogDamaged`, `DiskFull`, `StorageFailed`, `InvalidSpec` for a kind that cannot be registered, `BootFailed`;
 * `UnsupportedOperation` for a socket without a data folder, or in one that takes none
 */
export async function createKernel(options: EmbeddedOptions = {}): Promise<Kernel> {
  const { data, socket = false, secrets = environmentSecrets(), ...settings } = options;
  if (socket && data === undefined) throw noSocket('a socket needs a data folder');
  const storage = data === undefined ? inMemory() : await inFolder(data, settings.logger);
  const time = { clock: systemClock, timers: systemTimers, random: systemRandom };
  try {
    const kernel = await createKernelOverPorts({ ...settings, ...time, ...storage, secrets });
    if (socket && storage.folder !== undefined) await serve(kernel, storage.folder, settings.logger);
    return kernel;
  } catch (error) {
    await storage.log.close();
    await storage.blobs.close();
    await storage.jobIndex.close();
    throw error;
  }
}

type Storage = Pick<KernelPorts, 'loopWatch' | 'snapshots' | 'snapshotMaker'> & {
  readonly log: EventLog;
  readonly blobs: BlobStore;
  readonly vault: Vault;
  readonly jobIndex: JobIndex;
  readonly folder?: SegmentsLog;
};

function inMemory(): Storage {
  return {
    log: createMemoryLog(),
    blobs: createMemoryBlobStore(),
    vault: createMemoryVault(),
    jobIndex: new MemoryJobIndex(),
  };
}

async function inFolder(dir: string, logger: Logger = noLogger): Promise<Storage> {
  const log = await openSegments({ dir, clock: systemClock });
  tellRecovery(log, logger);
  const snapshots = openDiskSnapshots({ dir });
  const snapshotMaker = snapshotThreads(SNAPSHOT_THREAD, log.dir, logger);
  return {
    log,
    blobs: openDiskBlobs({ dir }),
    vault: openDiskVault({ dir }),
    jobIndex: openJobIndex({ dir, logger }),
    loopWatch: log.loopWatch,
    folder: log,
    snapshots,
    snapshotMaker,
  };
}

async function serve(kernel: Kernel, folder: SegmentsLog, logger: Logger = noLogger): Promise<void> {
  const time = { clock: systemClock, timers: systemTimers };
  try {
    const server = await serveZone({
      ...servedZone(kernel),
      ...{ dir: folder.dir, time, random: systemRandom, logger },
    });
    folder.beforeRelease(() => server.close());
  } catch (cause) {
    await kernel.stop();
    throw noSocket(`${folder.dir} takes no socket`, cause);
  }
}

function noSocket(message: string, cause?: unknown): KernelError {
  return new KernelError('UnsupportedOperation', message, { cause, next: 'leave the option `socket` out' });
}
