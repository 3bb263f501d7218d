import { jobId } from '@tksm/abstractions';
import type { JobId, JobReader, JobView } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJob, shortNames } from './job-names.ts';

function readerOf(ids: readonly JobId[]): JobReader {
  const jobs = ids.map((id) => ({ id }) as JobView);
  return {
    get: (id) => jobs.find((job) => job.id === id),
    heldBackBy: notAskedFor,
    list: () => jobs.values() as IterableIterator<JobView>,
    counts: notAskedFor,
    retired: notAskedFor,
  };
}

function notAskedFor(): never {
  throw new Error('not asked for');
}

const id = (stem: string, index: number): JobId =>
  jobId(stem.padEnd(24, '0') + index.toString(16).padStart(8, '0'));

describe('short names of jobs', () => {
  it('are 8 digits, longer where two would be the same, with an index in a batch', () => {
    const ids = [id('aaaaaaaa1', 0), id('aaaaaaaa2', 0), id('bbbbbbbb', 0), id('bbbbbbbb', 17)];
    expect([...shortNames(ids.map((each) => ({ id: each }))).values()]).toEqual([
      'aaaaaaaa1',
      'aaaaaaaa2',
      'bbbbbbbb',
      'bbbbbbbb-17',
    ]);
  });

  it('find the job that they were made for, whatever jobs there are', () => {
    const stems = fc.array(fc.stringMatching(/^[01]{12}$/), { minLength: 1, maxLength: 8 });
    const indexes = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(stems, indexes, (some, several) => {
        const ids = [...new Set(some.flatMap((stem) => [0, ...several].map((index) => id(stem, index))))];
        const reader = readerOf(ids);
        for (const [each, name] of shortNames(reader.list())) expect(findJob(reader, name).id).toBe(each);
      }),
    );
  });

  it('are refused when they name none, or several', () => {
    const reader = readerOf([id('aaaaaaaa1', 0), id('aaaaaaaa2', 0)]);
    expect(() => findJob(reader, 'bbbbbbbb')).toThrowError(expect.objectContaining({ code: 'JobNotFound' }));
    expect(() => findJob(reader, 'nope')).toThrowError(expect.objectContaining({ code: 'JobNotFound' }));
    expect(() => findJob(reader, 'aaaaaaaa')).toThrowError(expect.objectContaining({ code: 'UsageError' }));
  });
});
