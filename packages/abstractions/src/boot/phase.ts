import type { Logger } from '../observability/logger.ts';
import type { Signal } from '../runtime/abort.ts';

/** The phases of boot, in order. Each is a job in the log. */
export const BOOT_PHASES = Object.freeze([
  'scheduler',
  'vars',
  'events',
  'config',
  'authority',
  'discover',
  'activate',
  'services',
] as const);
export type BootPhase = (typeof BOOT_PHASES)[number];

/** Something a package does while a zone boots. Runs again when its phase is retried, so it must be idempotent. */
export interface BootTask {
  readonly phase: BootPhase;
  readonly name: string;
  run(context: { readonly log: Logger; readonly signal: Signal }): void | Promise<void>;
}
