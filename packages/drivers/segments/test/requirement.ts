import { execFileSync, spawnSync } from 'node:child_process';

export type Command = readonly [string, ...string[]];

/**
 * Why a test that needs something of the machine is skipped; undefined when it can run. With TKSM_REQUIRE_ALL=1 nothing
 * may be missing that can be installed.
 */
export function missing(what: string, command: Command, isInstallable = true): string | undefined {
  const [program, ...args] = command;
  if (spawnSync(program, args).status === 0) return undefined;
  if (isInstallable && process.env.TKSM_REQUIRE_ALL === '1') throw new Error(`${what} is required`);
  console.warn(`skipped: ${what} is missing (${command.join(' ')})`);
  return what;
}

/** Runs a program of the machine. @throws when it fails */
export function run([program, ...args]: Command): void {
  execFileSync(program, args);
}
