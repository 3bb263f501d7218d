import { steerJobs } from '../jobs/steer-jobs.ts';
import type { Handler } from '../program/invocation.ts';

export const jobRetry: Handler = async (call) =>
  await steerJobs(call, {
    kind: 'job.retry',
    verb: 'retry',
    done: 'requeued',
    fits: ({ status }) => status === 'failed' || status === 'cancelled' || status === 'held',
  });
