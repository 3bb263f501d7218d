import type { Authority } from '../authority/authority.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import type { Engine } from '../kernel/engine.ts';
import type { JobState } from '../state/job-state.ts';

/**
 * Whether a job may see another one: itself, its children, and what its handle or one below that has submitted. Others as
 * its handle allows.
 *
 * @throws KernelError `CapabilityDenied`
 */
export function mayLook(
  { authority, state, now }: Pick<Engine, 'state' | 'now'> & { readonly authority: Authority },
  own: JobState,
  { id, by, spec }: KnownJob,
): void {
  const { kind, parent } = spec;
  if (id === own.id || parent === own.id || state.capabilities.isWithin(by, own.by)) return;
  authority.check(own.by, { action: 'job.get', resource: `${kind}/${id}`, kind }, now);
}
