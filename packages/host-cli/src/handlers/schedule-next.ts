import { KernelError } from '@tksm/abstractions';
import type { ScheduleReader, ScheduleView } from '@tksm/abstractions';
import { upcomingTicks } from '@tksm/core';
import type { Handler } from '../program/invocation.ts';
import { localTime, zoneOf } from '../schedules/local-time.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { isoTime, relative } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

const DEFAULT_COUNT = 5;
const MOST = 10_000;

interface Tick {
  readonly at: number;
  readonly schedule: ScheduleView;
}

export const scheduleNext: Handler = async (call) => {
  const { args, flags, output } = call;
  const count = flags.number('limit') ?? DEFAULT_COUNT;
  if (count < 1 || count > MOST) throw new KernelError('UsageError', `--limit is 1 to ${MOST}`);
  const { state, now } = await look(await dataFolder(call));
  const [name] = args;
  const all = name === undefined ? [...state.schedules.list()] : [scheduleNamed(state.schedules, name)];
  const active = all.filter(({ status }) => name !== undefined || status === 'active');
  const ticks = active
    .flatMap((schedule) => upcomingTicks(schedule, now, count).map((at): Tick => ({ at, schedule })))
    .sort((a, b) => a.at - b.at)
    .slice(0, count);
  if (output.settings.json) {
    const document = ticks.map(({ at, schedule }) => {
      const zone = zoneOf(schedule.spec);
      return { schedule: schedule.name, at, utc: isoTime(at), local: localTime(at, zone), zone };
    });
    output.document({ ticks: document });
    return EXIT.ok;
  }
  for (const { name: of, status } of all) {
    if (status !== 'active') output.notice(`${of} is ${status}: tksm schedule ls`);
  }
  printTable<Tick>(
    output,
    [
      { title: 'SCHEDULE', text: ({ schedule }) => schedule.name, shrinks: true },
      { title: 'LOCAL', text: ({ at, schedule }) => localTime(at, zoneOf(schedule.spec)) },
      { title: 'ZONE', text: ({ schedule }) => zoneOf(schedule.spec) },
      { title: 'UTC', text: ({ at }) => isoTime(at) },
      { title: 'WHEN', text: ({ at }) => relative(at, now), plain: ({ at }) => String(at - now) },
    ],
    ticks,
  );
  return EXIT.ok;
};

/** @throws KernelError `ScheduleNotFound` */
function scheduleNamed(schedules: ScheduleReader, name: string): ScheduleView {
  const found = schedules.get(name);
  if (found !== undefined) return found;
  throw new KernelError('ScheduleNotFound', `there is no schedule ${name}`, {
    data: { schedule: name },
    next: 'tksm schedule ls',
  });
}
