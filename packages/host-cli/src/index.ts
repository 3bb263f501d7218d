export { main } from './main.ts';
export { COMMANDS } from './registry/commands.ts';
export type { CommandSpec, Example } from './registry/command-spec.ts';
export type { ArgumentSpec, FlagSpec, FlagType } from './registry/flag-spec.ts';
export type { GlobalFlag } from './registry/global-flags.ts';
