import { KernelError } from '@tksm/abstractions';
import type { Logger, PolicyFactory } from '@tksm/abstractions';
import { CONCURRENCY } from '../settings/concurrency-setting.ts';
import { originSetting } from '../settings/origin-setting.ts';
import type { Settings } from '../settings/settings.ts';
import type { JobState } from '../state/job-state.ts';
import { LOCAL_WORKER } from './affinity/workforce.ts';
import { Dispatcher } from './dispatcher.ts';
import type { DispatcherSettings } from './dispatcher.ts';
import { BUILT_IN_POLICIES } from './policies/built-in.ts';
import { PAUSED } from './pauses/pause-settings.ts';
import { isOwnName, POLICY } from './policies/policy-setting.ts';
import { POOL } from './pools/pool-setting.ts';

/** Jobs at the same time of a kernel that runs none, whatever its settings say. */
export const DECIDE_ONLY = 0;

/** What a kernel was opened with, as far as it concerns what runs next. */
export interface SchedulingOptions {
  /** Holds while the setting has no value. With 0 nothing is run at all. */
  readonly concurrency: number;
  /** Policies that are not built in. */
  readonly policies: readonly PolicyFactory[];
  /** Labels of the process. */
  readonly labels: readonly string[];
  /** Whether a job waits for a dependency. */
  readonly isBlocked: (job: JobState) => boolean;
}

/** A dispatcher that follows settings. */
export function dispatcherOver(settings: Settings, options: SchedulingOptions, logger: Logger): Dispatcher {
  const dispatcher = new Dispatcher(settingsOf(settings, options), {
    weightOf: (origin) => originSetting(settings, origin).weight ?? 1,
    isBlocked: options.isBlocked,
    distrusted: ({ code, message, data }) => {
      logger.log('error', `${message}; the default policy takes its place`, { code, ...data });
    },
  });
  dispatcher.workforce.set(LOCAL_WORKER, options.labels);
  settings.onChange(() => {
    dispatcher.configure(settingsOf(settings, options));
  });
  return dispatcher;
}

function settingsOf(settings: Settings, { concurrency, policies }: SchedulingOptions): DispatcherSettings {
  const name = settings.get(POLICY);
  const known = [...BUILT_IN_POLICIES, ...policies];
  return {
    concurrency: concurrency === DECIDE_ONLY ? DECIDE_ONLY : (settings.get(CONCURRENCY) ?? concurrency),
    policy: known.find((one) => one.name === name) ?? missing(name),
    pools: settings.all(POOL),
    pausedKinds: settings.all(PAUSED.kind),
    pausedPools: settings.all(PAUSED.pool),
  };
}

/** In the place of a policy whose code is not there. */
function missing(name: string): PolicyFactory {
  return {
    name,
    create: () => {
      const message = `no policy ${name} is registered`;
      throw new KernelError('PolicyFaulty', message, {
        data: { policy: name },
        next: 'register it with the kernel',
      });
    },
  };
}

/** @throws KernelError `InvalidSpec` for a policy whose name is built in, taken, or has no dot */
export function checkPolicies(policies: readonly PolicyFactory[]): void {
  const names = new Set<string>();
  for (const { name } of policies) {
    if (!isOwnName(name) || names.has(name)) {
      const message = `${name} is no name for a policy: it has a dot, and there is one of it`;
      throw new KernelError('InvalidSpec', message, { data: { policy: name } });
    }
    names.add(name);
  }
}
