import { homedir } from 'node:os';
import { loadConfiguration } from '@tksm/hosting';
import type { Configuration } from '@tksm/hosting';
import type { Invocation } from '../program/invocation.ts';

type Given = Pick<Invocation, 'flags' | 'env'>;

/** The configuration of a command: flags, `TKSM_*`, project file, user file, defaults. */
export async function configurationOf({ flags, env }: Given): Promise<Configuration> {
  return await loadConfiguration({
    flags: { dataDir: flags.text('data'), concurrency: flags.number('concurrency')?.toString() },
    env,
    cwd: process.cwd(),
    home: homedir(),
  });
}

/** The data folder that a command is about. */
export async function dataFolder(call: Given): Promise<string> {
  return (await configurationOf(call)).settings.dataDir.value;
}
