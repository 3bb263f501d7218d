import type { ScheduleRecord, ScheduleTicked } from '@tksm/abstractions';
import type { TestKernel } from '@tksm/testing';

/** What the log says of a schedule's ticks, in order, with the time of each frame. */
export async function ticksOf(
  test: TestKernel,
  schedule: string,
): Promise<readonly (ScheduleTicked & { readonly time: number })[]> {
  const events = await test.events();
  return events.flatMap(({ event, time }) =>
    event.type === 'schedule.ticked' && event.schedule === schedule ? [{ ...event, time }] : [],
  );
}

/** A schedule as of now. @throws Error when there is none */
export async function scheduleOf({ kernel }: TestKernel, name: string): Promise<ScheduleRecord> {
  const found = await kernel.read((state) => state.schedules.get(name));
  if (found === undefined) throw new Error(`there is no schedule ${name}`);
  return found;
}
