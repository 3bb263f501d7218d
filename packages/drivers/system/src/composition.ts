import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { environmentSecrets } from './environment-secrets.ts';
import type { EnvironmentSecretsOptions } from './environment-secrets.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';
import { systemTimers } from './system-timers.ts';

/** Registers the machine's clock, timers, randomness and secrets. */
export function composeSystem(registrar: Registrar, options: EnvironmentSecretsOptions = {}): void {
  registrar.value(TOKENS.clock, systemClock);
  registrar.value(TOKENS.timers, systemTimers);
  registrar.value(TOKENS.random, systemRandom);
  registrar.singleton(TOKENS.secrets, () => environmentSecrets(options));
}
