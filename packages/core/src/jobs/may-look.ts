import type { HandleId, Readable } from '@tksm/abstractions';
import { OPERATOR_ID } from '../authority/handle-table.ts';
import type { Authority } from '../authority/authority.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import type { Engine } from '../kernel/engine.ts';
import type { JobState } from '../state/job-state.ts';

type Zone = Pick<Engine, 'state' | 'now'> & { readonly authority: Authority };

/**
 * Whether a job may see another one: itself, its children, and what its handle or one below that has submitted. Others as
 * its handle allows.
 *
 * @throws KernelError `CapabilityDenied`
 */
export function mayLook(zone: Zone, own: JobState, job: KnownJob): void {
  if (job.id === own.id || job.spec.parent === own.id) return;
  checkLook(zone, own.by, job);
}

/** Whether who holds a handle may look from outside. @throws KernelError `CapabilityDenied` */
export function mayRead(zone: Engine, by: HandleId, what: Readable): void {
  if (by === OPERATOR_ID) return;
  const { authority, now } = zone;
  authority.checkLive(by, now);
  if (what === 'events') authority.check(by, { action: 'event.read', resource: 'zone' }, now);
  else if (what === 'health') authority.check(by, { action: 'health.get', resource: 'zone' }, now);
  else {
    const job = zone.known(what.job);
    if (job !== undefined) checkLook(zone, by, job);
  }
}

function checkLook(
  { authority, state, now }: Zone,
  user: HandleId,
  { id, by, spec: { kind } }: KnownJob,
): void {
  if (state.capabilities.isWithin(by, user)) return;
  authority.check(user, { action: 'job.get', resource: `${kind}/${id}`, kind }, now);
}
