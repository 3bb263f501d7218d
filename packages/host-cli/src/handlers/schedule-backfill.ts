import { KernelError } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { steerSchedule } from '../schedules/steer-schedule.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { readTime } from '../zone/moment.ts';

export const scheduleBackfill: Handler = async (call) => {
  const { args, flags, output } = call;
  const [name = ''] = args;
  const from = flags.text('from');
  if (from === undefined) {
    throw new KernelError('UsageError', 'say since when: --from TIME', {
      next: `tksm schedule backfill ${name} --from -1h`,
    });
  }
  const now = Date.now();
  const to = flags.text('to');
  const range = {
    from: readTime(from, now, '--from'),
    to: to === undefined ? now : readTime(to, now, '--to'),
  };
  const done = await steerSchedule(call, 'backfill', { name, ...range });
  if (done === undefined) return EXIT.failed;
  const { jobs, ticks } = done.output as { readonly jobs: number; readonly ticks: number };
  if (output.settings.json) output.document({ schedule: name, jobs, ticks });
  else
    output.notice(
      `${jobs} jobs for ${ticks} ticks of ${name}${jobs < ticks ? '; the others have run before' : ''}`,
    );
  return EXIT.ok;
};
