import { handleId, kindName } from '@tksm/abstractions';
import type { JobId } from '@tksm/abstractions';
import { expect, it } from 'vitest';
import { JobState } from '../../state/job-state.ts';
import { Dispatcher } from '../dispatcher.ts';
import { BUILT_IN_POLICIES, FAIR } from '../policies/built-in.ts';
import { QueuedJob } from '../queued-job.ts';
import { Pools } from './pools.ts';

/** A map that counts how often it is asked for its size: once for each question whether a slot is free. */
class Running extends Map<JobId, JobState> {
  looks = 0;

  override get size(): number {
    this.looks += 1;
    return super.size;
  }
}

let position = 0;
function jobIn(pool: string): JobState {
  position += 1;
  const id = `job-${position}` as JobId;
  const spec = { kind: kindName('work'), version: 1, input: null, pool };
  return new JobState(id, spec, handleId('operator'), 0, position);
}

const context = { weightOf: () => 1 };

it('looks once whether a slot is free, however many pools wait for it', () => {
  const busy = jobIn('busy');
  const running = new Running([[busy.id, busy]]);
  const pools = new Pools(1, { settings: new Map(), policy: FAIR, context }, running);
  for (let n = 0; n < 100; n++) {
    const job = jobIn(`pool-${n}`);
    pools.of(job).add(new QueuedJob(job, false));
  }
  running.looks = 0;
  expect(pools.next()).toBeUndefined();
  expect(running.looks).toBe(1);
});

it('gives each pool its turn, those that come and go in between included', () => {
  const dispatcher = new Dispatcher({ concurrency: 1 });
  const taken: (string | undefined)[] = [];
  const take = (): void => {
    const job = dispatcher.next(0);
    taken.push(job?.spec.pool);
    if (job === undefined) return;
    dispatcher.leased(job);
    dispatcher.freed(job, 0);
  };
  const add = (...names: string[]): void => {
    for (const name of names) dispatcher.add(jobIn(name), 0);
  };
  add('a', 'a', 'b', 'c', 'c');
  take();
  take();
  add('d', 'b');
  for (let n = 0; n < 6; n++) take();
  expect(taken).toEqual(['a', 'b', 'c', 'd', 'b', 'a', 'c', undefined]);
});

it('keeps no pool whose jobs were taken back before they ran', () => {
  let made = 0;
  const [, fifo = FAIR] = BUILT_IN_POLICIES;
  const policy = {
    name: 'test.counted',
    create: () => {
      made += 1;
      return fifo.create(context);
    },
  };
  const dispatcher = new Dispatcher({ concurrency: 1, policy });
  made = 0;
  for (let n = 0; n < 3; n++) {
    const job = jobIn('mail');
    dispatcher.add(job, 0);
    dispatcher.remove(job, 0);
  }
  expect(made).toBe(3);
});
