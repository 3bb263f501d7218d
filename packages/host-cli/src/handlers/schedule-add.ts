import { fromStored, KernelError, toStored } from '@tksm/abstractions';
import type { ScheduledJob } from '@tksm/abstractions';
import type { FlagValues } from '../program/flag-values.ts';
import type { Handler, Invocation } from '../program/invocation.ts';
import { steerSchedule } from '../schedules/steer-schedule.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { isoTime, relative } from '../terminal/times.ts';
import { parseJson, readGiven } from '../vars/read-value.ts';
import { readTime } from '../zone/moment.ts';

export const scheduleAdd: Handler = async (call) => {
  const { args, flags, output } = call;
  const [name = '', kind = ''] = args;
  const now = Date.now();
  const job = await jobOf(call, kind);
  const done = await steerSchedule(call, 'set', { name, job, ...whenOf(flags, now), ...policiesOf(flags) });
  if (done === undefined) return EXIT.failed;
  const { next, changed } = done.output as { readonly next: number | null; readonly changed: boolean };
  if (output.settings.json) {
    output.document({ schedule: name, changed, next });
    return EXIT.ok;
  }
  const first = next === null ? 'never' : `${isoTime(next)}, ${relative(next, now)}`;
  output.notice(`${changed ? 'set' : 'unchanged:'} ${name}; next tick ${first}`);
  if (done.holder === undefined) output.notice('it ticks while something runs this folder');
  return EXIT.ok;
};

async function jobOf({ flags }: Invocation, kind: string): Promise<ScheduledJob> {
  const given = flags.text('input');
  const input = given === undefined ? undefined : parseJson(await readGiven(given), 'the input');
  const attempts = flags.number('attempts');
  return stated({
    kind,
    input: input === undefined ? undefined : fromStored(toStored(input, 'kept')),
    priority: flags.number('priority'),
    timeoutMs: flags.number('attempt-timeout'),
    retry: attempts === undefined ? undefined : { maxAttempts: attempts },
    correlation: flags.text('run'),
  }) as ScheduledJob;
}

/** @throws KernelError `UsageError` */
function whenOf(flags: FlagValues, now: number): object {
  const ways = ['cron', 'every', 'at', 'in'].filter((flag) => flags.has(flag));
  if (ways.length !== 1) {
    throw new KernelError('UsageError', 'say when it ticks: one of --cron, --every, --at and --in', {
      next: 'tksm schedule add --help',
    });
  }
  const time = (flag: string): number | undefined => {
    const text = flags.text(flag);
    return text === undefined ? undefined : readTime(text, now, `--${flag}`);
  };
  const delay = flags.number('in');
  return stated({
    cron: flags.text('cron'),
    zone: flags.text('zone'),
    everyMs: flags.number('every'),
    anchor: time('anchor'),
    at: delay === undefined ? time('at') : now + delay,
    from: time('from'),
    until: time('until'),
    limit: flags.number('limit'),
    jitterMs: flags.number('jitter'),
  });
}

function policiesOf(flags: FlagValues): object {
  return stated({
    misfire: flags.text('misfire'),
    misfireLimit: flags.number('misfire-limit'),
    overlap: flags.text('overlap'),
  });
}

function stated(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
