import { handleId, kindName } from '@tksm/abstractions';
import type { JobId, PolicyFactory, ReadyJob, SchedulingPolicy } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { JobState } from '../state/job-state.ts';
import { Dispatcher } from './dispatcher.ts';
import { FifoPolicy } from './policies/fifo.ts';

const JOBS = 6;
const jobAt = (n: number): JobState =>
  new JobState(
    n.toString(16).padStart(32, '0') as JobId,
    { kind: kindName('k'), version: 1, input: null },
    handleId('operator'),
    1_000 + n,
    n,
  );

/** A policy that goes wrong at its third choice, or third job. */
function faulty(change: (policy: SchedulingPolicy) => Partial<SchedulingPolicy>): PolicyFactory {
  return {
    name: 'test.faulty',
    create() {
      const fifo = new FifoPolicy();
      const sound: SchedulingPolicy = {
        name: 'test.faulty',
        get size() {
          return fifo.size;
        },
        add: (job) => {
          fifo.add(job);
        },
        remove: (job) => fifo.remove(job),
        next: () => fifo.next(),
      };
      return Object.assign(sound, change(fifo));
    },
  };
}

function onThird<T extends unknown[], R>(good: (...args: T) => R, bad: (...args: T) => R): (...args: T) => R {
  let calls = 0;
  return (...args) => (++calls === 3 ? bad(...args) : good(...args));
}

const thrown = (): never => {
  throw new Error('a bug');
};

const FAULTS: Readonly<Record<string, PolicyFactory>> = {
  'gives a job twice': faulty((policy) => {
    let last: ReadyJob | undefined;
    const next = (): ReadyJob | undefined => (last = policy.next(0));
    return { next: onThird(next, () => last) };
  }),
  'gives none though it has some': faulty((policy) => ({
    next: onThird(
      () => policy.next(0),
      () => undefined,
    ),
  })),
  'gives a job that is not ready': faulty((policy) => ({
    next: onThird(
      () => policy.next(0),
      () => ({ ...(policy.next(0) as ReadyJob), id: jobAt(99).id }),
    ),
  })),
  'throws instead of choosing': faulty((policy) => ({ next: onThird(() => policy.next(0), thrown) })),
  'throws instead of taking a job': faulty((policy) => ({
    add: onThird((job: ReadyJob) => {
      policy.add(job);
    }, thrown),
  })),
  'cannot be made': { name: 'test.faulty', create: thrown },
};

describe('a policy that', () => {
  it.each(Object.entries(FAULTS))('%s is replaced, and no job is lost or doubled', (_, policy) => {
    const heard: string[] = [];
    const dispatcher = new Dispatcher(
      { concurrency: JOBS, policy },
      { weightOf: () => 1, distrusted: ({ code }) => heard.push(code) },
    );
    const jobs = Array.from({ length: JOBS }, (__, n) => jobAt(n));
    for (const job of jobs) dispatcher.add(job, 0);
    const given: JobState[] = [];
    for (let job = dispatcher.next(0); job !== undefined; job = dispatcher.next(0)) {
      dispatcher.leased(job);
      given.push(job);
    }
    expect(given).toEqual(jobs);
    expect(heard).toEqual(['PolicyFaulty']);
    expect(dispatcher.fault).toMatchObject({ code: 'PolicyFaulty', data: { policy: 'test.faulty' } });
  });

  it('does not know a job that is to be removed is replaced', () => {
    const dispatcher = new Dispatcher({ concurrency: 1, policy: faulty(() => ({ remove: () => false })) });
    const jobs = [jobAt(1), jobAt(2)] as const;
    for (const job of jobs) dispatcher.add(job, 0);
    dispatcher.remove(jobs[0], 0);
    expect(dispatcher.fault?.code).toBe('PolicyFaulty');
    expect(dispatcher.next(0)).toBe(jobs[1]);
    expect(dispatcher.ready).toBe(0);
  });

  it('was replaced is forgiven when another is chosen', () => {
    const dispatcher = new Dispatcher({ concurrency: 1, policy: { name: 'test.faulty', create: thrown } });
    expect(dispatcher.fault?.code).toBe('PolicyFaulty');
    dispatcher.configure({ concurrency: 1, policy: { name: 'fifo', create: () => new FifoPolicy() } });
    expect(dispatcher.fault).toBeUndefined();
  });
});
