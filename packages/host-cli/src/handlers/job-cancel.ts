import { steerJobs } from '../jobs/steer-jobs.ts';
import type { Handler } from '../program/invocation.ts';
import { confirm } from '../terminal/confirm.ts';

export const jobCancel: Handler = async (call) => {
  const reason = call.flags.text('reason');
  const tree = call.flags.on('tree');
  return await steerJobs(call, {
    kind: 'job.cancel',
    verb: 'cancel',
    done: 'cancelled',
    fits: ({ outcome, spec }) => (tree || outcome === undefined) && spec.parent === undefined,
    confirm: (question) => confirm(call, question),
    input: { ...(reason !== undefined && { reason }), ...(tree && { tree }) },
  });
};
