import type { RivalCase } from './plan.ts';
import type { Endpoints } from './servers/endpoints.ts';

/** What one child process is to do. */
export interface RivalErrand {
  readonly bench: RivalCase;
  readonly n: number;
  readonly quick: boolean;
  /** Unique to the sample. */
  readonly name: string;
  readonly dir: string;
  readonly cache: string;
  readonly endpoints: Endpoints;
  /** Processes of all servers of the run, and of the one that this peer uses. */
  readonly servers: readonly number[];
  readonly ownServers: readonly number[];
  readonly gateMs: number;
  readonly steps: readonly ('create' | 'prepare' | 'measure' | 'remove')[];
}
