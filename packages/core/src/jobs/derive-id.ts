import type { JobId, Position, ZoneId } from '@tksm/abstractions';
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

const JOB_ID = /^[0-9a-f]{32}$/;

/** Whether a text has the form of a job's id. */
export function isJobId(text: string): boolean {
  return JOB_ID.test(text);
}

/** The id of one job of a command. */
export function deriveJobId(zone: ZoneId, command: string, index = 0): JobId {
  return new JobIds(zone, command).at(index);
}

/** A place in the log: of what one incarnation of the sequencer decides next. */
interface Place {
  readonly zone: ZoneId;
  readonly incarnation: string;
  readonly position: Position;
}

/**
 * The id of what is decided at a place in the log, whatever its command. A position comes again when its frame is lost, an
 * incarnation never does: who has met an id that was lost does not meet it again as somebody else's.
 */
export function deriveIdAt(
  { zone, incarnation, position }: Place,
  what: 'agent' | 'capability' | 'task',
): string {
  // With blanks, which no command id has.
  return deriveJobId(zone, `${what} at ${position} of ${incarnation}`);
}
