import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { CONFIGURATION } from './configuration/configuration.ts';
import type { Configuration } from './configuration/configuration.ts';
import type { Environment } from './configuration/load-configuration.ts';
import { layerTasks } from './layer-tasks.ts';

/** Registers the configuration, and the boot tasks that bring it into the VarStore. */
export function composeHosting(registrar: Registrar, configuration: Configuration, env: Environment): void {
  registrar.value(CONFIGURATION, configuration);
  for (const task of layerTasks(configuration, env)) registrar.add(TOKENS.bootTasks, () => task);
}
