import { jobId } from '@tksm/abstractions';
import type { JobView, KernelEvent, RecordedEvent } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { RunTracker } from './run-tracker.ts';

const job = jobId('a'.repeat(32));
const other = jobId('b'.repeat(32));
const recorded = (event: object): RecordedEvent => ({ position: 0, time: 0, event: event as KernelEvent });
const submitted = (id: string, correlation: string): RecordedEvent =>
  recorded({ type: 'job.submitted', job: id, spec: { correlation } });

describe('RunTracker', () => {
  it('follows the jobs of its run, and no others', () => {
    const tracker = new RunTracker('r');
    expect(tracker.apply(submitted(job, 'r'))).toBe(true);
    expect(tracker.apply(submitted(other, 'q'))).toBe(false);
    for (const type of ['job.leased', 'job.attempt-failed', 'job.leased'])
      tracker.apply(recorded({ type, job }));
    expect(tracker.counts).toMatchObject({ total: 1, running: 1, retries: 1 });
    expect(tracker.isSettled).toBe(false);
    tracker.apply(recorded({ type: 'job.succeeded', job }));
    tracker.apply(recorded({ type: 'job.succeeded', job: other }));
    expect(tracker.counts).toMatchObject({ total: 1, running: 0, succeeded: 1 });
    expect(tracker.isSettled).toBe(true);
    tracker.apply(recorded({ type: 'job.released', job }));
    expect(tracker.isSettled).toBe(false);
  });

  it('begins from a state, and counts no job twice', () => {
    const tracker = new RunTracker('r');
    expect(tracker.isSettled).toBe(false);
    tracker.load([{ id: job, status: 'held' } as JobView, { id: other, status: 'blocked' } as JobView]);
    tracker.apply(submitted(job, 'r'));
    expect(tracker.counts).toMatchObject({ total: 2, held: 1, open: 1 });
    expect(tracker.mayBeStuck).toBe(true);
  });
});
