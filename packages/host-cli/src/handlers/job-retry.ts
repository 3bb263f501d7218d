import { KernelError } from '@tksm/abstractions';
import { redrive } from '../jobs/redrive.ts';
import { steerJobs } from '../jobs/steer-jobs.ts';
import type { Handler } from '../program/invocation.ts';

export const jobRetry: Handler = async (call) => {
  if (call.flags.on('dead')) return await redrive(call);
  for (const flag of ['kind', 'origin', 'since', 'limit']) {
    if (call.flags.has(flag)) throw new KernelError('UsageError', `--${flag} needs --dead`);
  }
  return await steerJobs(call, {
    kind: 'job.retry',
    verb: 'retry',
    done: 'requeued',
    fits: ({ status }) => status === 'failed' || status === 'cancelled' || status === 'held',
  });
};
