import type { Handler } from '../program/invocation.ts';
import { steerSchedule } from '../schedules/steer-schedule.ts';
import { EXIT } from '../terminal/exit-code.ts';

const steering =
  (verb: 'pause' | 'resume' | 'remove', done: string): Handler =>
  async (call) => {
    const { args, flags, output } = call;
    const [name = ''] = args;
    const reason = flags.text('reason');
    const steered = await steerSchedule(call, verb, { name, ...(reason !== undefined && { reason }) });
    if (steered === undefined) return EXIT.failed;
    if (output.settings.json) output.document(steered.output);
    else
      output.notice(steered.output['changed'] === true ? `${done} ${name}` : `${name} was ${done} already`);
    return EXIT.ok;
  };

export const schedulePause = steering('pause', 'paused');
export const scheduleResume = steering('resume', 'resumed');
export const scheduleRm = steering('remove', 'removed');
