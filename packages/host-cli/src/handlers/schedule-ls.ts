import { upcomingTicks } from '@tksm/core';
import type { ScheduleView } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { scheduleColumns } from '../schedules/schedule-columns.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

export const scheduleLs: Handler = async (call) => {
  const { flags, output } = call;
  const { state, now } = await look(await dataFolder(call), flags.text('at'));
  const nextOf = (schedule: ScheduleView): number | undefined =>
    schedule.status === 'active' ? upcomingTicks(schedule, now, 1)[0] : undefined;
  const schedules = [...state.schedules.list()].map((schedule) => ({ ...schedule, next: nextOf(schedule) }));
  if (output.settings.json) {
    output.document({ schedules: schedules.map(({ next, ...rest }) => ({ ...rest, next: next ?? null })) });
    return EXIT.ok;
  }
  if (schedules.length === 0) output.notice('there are no schedules yet: tksm schedule add --help');
  printTable(output, scheduleColumns(now), schedules);
  return EXIT.ok;
};
