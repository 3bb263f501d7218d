export { environmentSecrets, SECRET_PREFIX } from './environment-secrets.ts';
export type { EnvironmentSecretsOptions } from './environment-secrets.ts';
export { makeSnapshotInThread, snapshotThreads } from './snapshot-thread.ts';
export { systemClock } from './system-clock.ts';
export { systemRandom } from './system-random.ts';
export { systemTimers } from './system-timers.ts';
