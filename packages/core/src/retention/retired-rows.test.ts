import { commandId, handleId, hash, jobId, kindName } from '@tksm/abstractions';
import type { IndexRow, JobId } from '@tksm/abstractions';
import { MemoryJobIndex } from '@tksm/drivers-memory';
import { expect, it } from 'vitest';
import { JobState, recordOf } from '../state/job-state.ts';
import { KernelState } from '../state/kernel-state.ts';
import { rowOf } from './retired-record.ts';
import { retiredRows } from './retired-rows.ts';

const idOf = (digit: string): JobId => jobId(digit.repeat(32));
const jobAt = (digit: string, position: number, parent?: JobId): JobState => {
  const spec = { kind: kindName('k'), version: 1, input: null, ...(parent && { parent }) };
  return new JobState(idOf(digit), spec, handleId('operator'), 0, position);
};
const jobRow = (job: JobState): IndexRow => rowOf(job.id, JSON.stringify({ nth: 0, job: recordOf(job) }));
const answerRow = (digit: string, cmd: string, position: number): IndexRow =>
  rowOf(idOf(digit), JSON.stringify({ nth: 0, cmd, answer: { position, time: 0, output: null } }));

it('finds what has left a state, longest retired first, and nothing of what is in it or came later', async () => {
  const state = new KernelState();
  state.position = 100;
  const recalled = jobAt('a', 1);
  state.jobs.set(recalled.id, recalled);
  state.commands.set(commandId('kept'), { position: 2, time: 0, output: null });
  const [left, child] = [jobRow(jobAt('b', 3)), jobRow(jobAt('c', 4, idOf('b')))];
  const answered = answerRow('d', 'gone', 5);
  const others = [
    jobRow(recalled),
    answerRow('e', 'kept', 2),
    jobRow(jobAt('f', 100)),
    answerRow('1', 'new', 100),
  ];
  const index = new MemoryJobIndex();
  await index.write([left, ...others, child, answered], { position: 100, hash: hash('0'.repeat(64)) });
  const found = retiredRows(state, index);
  expect(found.count).toBe(3);
  expect([...found.rows()]).toEqual([left, child, answered]);
  expect(child.parent).toBe(idOf('b'));
});
