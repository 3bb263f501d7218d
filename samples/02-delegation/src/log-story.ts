import type { HandleId, Kernel, RecordedEvent } from '@tksm/abstractions';
import type { Staff } from './delegation.ts';

/** What the log tells of an attempt to exceed. */
export interface Told {
  readonly position: number;
  readonly who: string;
  readonly what: string;
}

/** Every refusal that the log has, in its order. */
export async function refusalsIn(kernel: Kernel, staff: Staff): Promise<readonly Told[]> {
  const names = new Map<HandleId, string>(Object.values(staff).map(({ name, handle }) => [handle.id, name]));
  const kindOfJob = await kernel.read(({ jobs }) => new Map([...jobs.list()].map(({ id, by }) => [id, by])));
  const told: Told[] = [];
  const end = kernel.log.head.position;
  for await (const recorded of kernel.events({ from: 0 })) {
    const { position, event } = recorded;
    if (event.type === 'capability.denied') {
      const what = `${event.right ?? 'more'}${event.caveat === undefined ? '' : ` (${event.caveat})`}`;
      told.push({ position, who: names.get(event.handle) ?? event.handle, what });
    } else if (failed(recorded) && event.type === 'job.failed' && event.error.code !== 'CapabilityDenied') {
      const by = kindOfJob.get(event.job);
      told.push({
        position,
        who: (by && names.get(by)) ?? '?',
        what: `${event.error.code}: ${event.error.message}`,
      });
    }
    if (position >= end - 1) break;
  }
  return told;
}

function failed({ event }: RecordedEvent): boolean {
  return event.type === 'job.failed';
}
