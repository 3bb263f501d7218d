import type { Kernel } from '../kernel/kernel.ts';
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

/** What a zone that boots can already do: decide operations and be read. */
export type BootingKernel = Pick<Kernel, 'operator' | 'perform' | 'read'>;

export interface BootContext {
  readonly log: Logger;
  readonly signal: Signal;
  /** The kernel that boots. */
  readonly kernel: BootingKernel;
}

/** Something a package does while a zone boots. Runs again when its phase is retried, so it must be idempotent. */
export interface BootTask {
  readonly phase: BootPhase;
  readonly name: string;
  run(context: BootContext): void | Promise<void>;
}
