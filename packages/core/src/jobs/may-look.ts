import type { HandleId, JobId, Readable } from '@tksm/abstractions';
import { OPERATOR_ID } from '../authority/handle-table.ts';
import { onJob } from '../authority/required-rights.ts';
import type { Engine } from '../kernel/engine.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import type { JobState } from '../state/job-state.ts';
import { isJobId } from './derive-id.ts';

type Zone = Pick<Engine, 'authority' | 'known' | 'now' | 'state'>;

/**
 * A job as another one may see it: itself, its children, and what its handle or one below that has submitted. Others as its
 * handle allows.
 *
 * @returns undefined when there is none
 * @throws KernelError `CapabilityDenied`, whether there is one or not
 */
export function seenFrom(zone: Zone, own: JobState, id: JobId): KnownJob | undefined {
  const job = zone.known(id);
  return job !== undefined && (id === own.id || job.spec.parent === own.id)
    ? job
    : lookedAt(zone, own.by, id, job);
}

/** A job as who holds a handle may see it. @throws KernelError as `seenFrom` */
export function seenBy(zone: Zone, by: HandleId, id: JobId): KnownJob | undefined {
  // What is no id is no job, and gets into no refusal.
  return isJobId(id) ? lookedAt(zone, by, id, zone.known(id)) : undefined;
}

/** Whether who holds a handle may look from outside. @throws KernelError as `seenBy` */
export function mayRead(zone: Zone, by: HandleId, what: Readable): void {
  if (by === OPERATOR_ID) return;
  const { authority, now } = zone;
  authority.checkLive(by, now);
  if (what === 'events') authority.check(by, { action: 'event.read', resource: 'zone' }, now);
  else if (what === 'health') authority.check(by, { action: 'health.get', resource: 'zone' }, now);
  else seenBy(zone, by, what.job);
}

function lookedAt(
  { authority, state, now }: Zone,
  user: HandleId,
  id: JobId,
  job: KnownJob | undefined,
): KnownJob | undefined {
  if (job === undefined || !state.capabilities.isWithin(job.by, user))
    authority.check(user, onJob('job.get', id, job?.spec.kind), now);
  return job;
}
