import { TOKENS } from '@tksm/abstractions';
import type { TrustPolicy } from '@tksm/abstractions';
import type { RetentionSettings } from '@tksm/core';
import { composeCore } from '@tksm/core/composition';
import { composeBiscuit } from '@tksm/drivers-biscuit/composition';
import { composeDisk } from '@tksm/drivers-disk/composition';
import type { SegmentsLog } from '@tksm/drivers-segments';
import { snapshotThreads } from '@tksm/drivers-system';
import { composeSqlite } from '@tksm/drivers-sqlite/composition';
import { composeFs } from '@tksm/drivers-fs/composition';
import { composeHttp } from '@tksm/drivers-http/composition';
import { composeKv } from '@tksm/drivers-kv/composition';
import { composeSystem } from '@tksm/drivers-system/composition';
import { composeWasm } from '@tksm/drivers-wasm/composition';
import { composeFiles } from '@tksm/extensions-files/composition';
import { composeFinance } from '@tksm/extensions-finance/composition';
import { composeGraphs } from '@tksm/extensions-graphs/composition';
import { composeIsolates } from '@tksm/extensions-isolates/composition';
import { composeSocket } from '@tksm/extensions-socket/composition';
import { composeUsers } from '@tksm/extensions-users/composition';
import { composeWaits } from '@tksm/extensions-waits/composition';
import { composeWorkers } from '@tksm/extensions-workers/composition';
import { defineDistro } from '@tksm/hosting';
import type { Configuration } from '@tksm/hosting';
import { composeHosting } from '@tksm/hosting/composition';
import { composeObservability } from '@tksm/observability/composition';
import type { ObservabilityOptions } from '@tksm/observability/composition';
import { ownVersion } from './handlers/version.ts';

/** A command whose log cannot be written gives up after this long: whoever typed it can free space and repeat it. */
const RECOVERY_LIMIT_MS = 5_000;

const SNAPSHOT_THREAD = new URL('./zone/snapshot-thread.js', import.meta.url);

/** What the distro is opened over. */
export interface TksmParts {
  readonly configuration: Configuration;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Already open: opening takes time and can fail, composing does neither. */
  readonly log: SegmentsLog;
  /** Jobs that run at the same time; 0 to decide only. */
  readonly concurrency: number;
  readonly logging: ObservabilityOptions;
  /** Undefined: the ring policy. */
  readonly trustPolicy?: TrustPolicy | undefined;
}

/** `tksm`: a kernel on a data folder of this machine, with the kinds that come in the box. */
export const tksm = defineDistro<TksmParts>({
  name: 'tksm',
  version: ownVersion(),
  compose: [
    (registrar, { configuration, env }) => {
      composeHosting(registrar, configuration, env);
    },
    (registrar, { logging }) => {
      composeSystem(registrar);
      composeObservability(registrar, logging);
    },
    (registrar, { log, configuration }) => {
      registrar.value(TOKENS.log, log);
      registrar.value(TOKENS.loopWatch, log.loopWatch);
      const dir = configuration.settings.dataDir.value;
      composeDisk(registrar, { dir });
      composeBiscuit(registrar);
      registrar.singleton(TOKENS.snapshotMaker, (resolver) =>
        snapshotThreads(SNAPSHOT_THREAD, log.dir, resolver.get(TOKENS.logger)),
      );
      composeSqlite(registrar, { dir });
      composeSocket(registrar, { dir });
    },
    (registrar, { env }) => {
      composeWorkers(registrar, { environment: env, parentDeath: 'kill' });
      composeFiles(registrar, { environment: env });
      composeIsolates(registrar, { environment: env });
      composeGraphs(registrar);
      composeWaits(registrar);
    },
    (registrar, { configuration }) => {
      composeFs(registrar, { refused: keptFromJobs(configuration) });
      composeHttp(registrar);
      composeKv(registrar);
      composeWasm(registrar);
    },
    (registrar, { configuration }) => {
      for (const family of new Set(configuration.settings.families.value.split(','))) {
        if (family === 'finance') composeFinance(registrar);
        if (family === 'users') composeUsers(registrar);
      }
    },
    (registrar, { concurrency, configuration, trustPolicy }) => {
      const { settings } = configuration;
      if (trustPolicy !== undefined) registrar.value(TOKENS.trustPolicy, trustPolicy);
      composeCore(registrar, {
        concurrency,
        labels: settings.labels.value === '' ? [] : settings.labels.value.split(','),
        eventLeaves: settings.eventLeaves.value,
        snapshotEveryEvents: settings.snapshotEveryEvents.value,
        retention: retentionOf(configuration),
        recoveryLimitMs: RECOVERY_LIMIT_MS,
      });
    },
  ],
});

/** The zone's own folder has its keys and its log; and what is written where files are read decides about the next start. */
function keptFromJobs({ settings, places }: Configuration): readonly string[] {
  const { dataDir, trustPolicy } = settings;
  return [dataDir.value, ...places, ...(trustPolicy.value === '' ? [] : [trustPolicy.value])];
}

function retentionOf({ settings }: Configuration): RetentionSettings {
  return {
    keep: settings.retentionKeep.value,
    keepMs: settings.retentionKeepMs.value,
    keepAtMost: settings.retentionKeepAtMost.value,
    windowMs: settings.retentionWindowMs.value,
    windowIds: settings.retentionWindowIds.value,
  };
}
