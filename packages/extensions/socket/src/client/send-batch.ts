import { toStored } from '@tksm/abstractions';
import type { Command } from '@tksm/abstractions';
import type { SentBatch, SentJob } from '../wire/messages.ts';

/** UTF-16 units of jobs in one part: in UTF-8 that is less than a message may have. */
const PART_LENGTH = 262_144;

/** A batch as the messages that carry it. @throws KernelError `InvalidValue` */
export function* batchParts(batch: string, commands: readonly Command[]): Generator<SentBatch> {
  let jobs: SentJob[] = [];
  let [length, part] = [0, 0];
  for (const command of commands) {
    const job = sentJob(command);
    const more = JSON.stringify(job).length;
    if (jobs.length > 0 && length + more > PART_LENGTH) {
      yield { type: 'batch', batch, part: part++, more: true, jobs };
      jobs = [];
      length = 0;
    }
    jobs.push(job);
    length += more;
  }
  yield { type: 'batch', batch, part, more: false, jobs };
}

/** A command with its kind by name and its input in stored form. */
export function sentJob({ kind, input, ...options }: Command): SentJob {
  const name = typeof kind === 'string' ? kind : kind.name;
  return { ...options, kind: name, ...(input !== undefined && { input: toStored(input, 'kept') }) };
}
