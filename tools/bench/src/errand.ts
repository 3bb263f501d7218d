import type { LogKind } from './bench-log.ts';
import type { TestName } from './plan.ts';

/** What one child process is to do. */
export interface Errand {
  readonly test: TestName;
  readonly setting: string;
  readonly n: number;
  readonly dir: string;
  readonly log: LogKind;
  readonly gateMs: number;
  /** Folder for profiles. */
  readonly profile?: string;
  readonly steps: readonly ('prepare' | 'measure')[];
}
