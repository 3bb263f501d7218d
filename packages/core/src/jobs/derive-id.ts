import type { JobId, ZoneId } from '@tksm/abstractions';
import { hash } from 'node:crypto';

/**
 * Ids of the jobs of one command: 96 bits of SHA-256(zone, command), then the job's index as 32 bits. The same command
 * in the same zone always names the same jobs.
 */
export class JobIds {
  readonly #stem: string;

  constructor(zone: ZoneId, command: string) {
    this.#stem = hash('sha256', `${zone}\n${command}`).slice(0, 24);
  }

  at(index: number): JobId {
    // Hex of the right length by construction; this runs once a job.
    return (this.#stem + index.toString(16).padStart(8, '0')) as JobId;
  }
}

/** The id of one job of a command. */
export function deriveJobId(zone: ZoneId, command: string, index = 0): JobId {
  return new JobIds(zone, command).at(index);
}
