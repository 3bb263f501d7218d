import type { ErrorCode, JobView } from '@tksm/abstractions';
import { isKernelError } from '@tksm/abstractions';
import { testKernel } from '@tksm/testing';
import type { TestKernel, TestKernelOptions } from '@tksm/testing';

/** Wraps the body of a test: it is given a kernel, which is closed, and its replay verified, when the body has passed. */
export function withKernel(
  options: TestKernelOptions,
  body: (test: TestKernel) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const test = await testKernel(options);
    await body(test);
    await test.close();
  };
}

/** The code a promise rejects with; `resolved` when it does not reject. */
export async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | 'resolved' | 'untyped'> {
  try {
    await promise;
    return 'resolved';
  } catch (error) {
    return isKernelError(error) ? error.code : 'untyped';
  }
}

/** Every job of the users, in order of submission. */
export async function userJobs({ kernel }: TestKernel): Promise<readonly JobView[]> {
  return await kernel.read((state) => [...state.jobs.list()].filter(({ spec }) => spec.origin !== 'kernel'));
}

/** The types of the events about a job, in order. */
export async function storyOf(test: TestKernel, job: string): Promise<readonly string[]> {
  const events = await test.events();
  return events.flatMap(({ event }) =>
    'job' in event && event.job === job ? [event.type.replace('job.', '')] : [],
  );
}

/** A promise to be settled by hand. */
export function gate(): { readonly opened: Promise<undefined>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<undefined>((resolve) => {
    open = () => {
      resolve(undefined);
    };
  });
  return { opened, open };
}
